"""A file of request bytes, each behind its length, made beforehand and read through a map.

file = ( u32 length, little-endian ‖ request bytes ) …
"""

import mmap
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

_LENGTH = struct.Struct("<I")


def write_requests(path: Path, requests: Iterable[bytes]) -> int:
    """Write `requests` to a new file; return how many they were."""
    written = 0
    with path.open("xb") as file:
        for request in requests:
            file.write(_LENGTH.pack(len(request)) + request)
            written += 1
    return written


def read_requests(path: str | Path, *, skip: int = 0) -> Iterator[memoryview]:
    """Yield the requests of a file but the first `skip`, without copying them."""
    with Path(path).open("rb") as file:
        content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    at, end = 0, len(content)
    while at < end:
        (length,) = _LENGTH.unpack_from(content, at)
        at += _LENGTH.size
        if skip > 0:
            skip -= 1
        else:
            yield content[at : at + length]
        at += length
