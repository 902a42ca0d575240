"""Compact ranges as the database keeps them: their hashes, one behind the other."""

from tocsin.tlog.compact import CompactRange
from tocsin.tlog.tiles import split_hashes


def pack(grown: CompactRange) -> bytes:
    """Return the hashes of a range, largest subtree first."""
    return b"".join(grown.hashes)


def unpack(size: int, peaks: bytes | memoryview) -> CompactRange:
    """Return the range of `size` entries; raises ValueError unless `peaks` fit it."""
    return CompactRange.from_hashes(size, split_hashes(bytes(peaks)))
