"""Confirm requests from the links that mails hold, read while the mails are still being written."""

import time
from collections.abc import Iterator
from pathlib import Path

from tocsin.cli.bench.people import confirm_request

_SILENCE_SECONDS = 60.0


def read_links(path: str, *, port: int, most: int) -> Iterator[bytes]:
    """Yield the confirming request of each line of a growing file, `most` of them; empty: none is there yet.

    Ends early when nothing was written for a minute.
    """
    yielded, rest, silent_since = 0, b"", time.monotonic()
    _wait_for(Path(path))
    with Path(path).open("rb") as file:
        while yielded < most and time.monotonic() - silent_since < _SILENCE_SECONDS:
            *lines, rest = (rest + file.read(1 << 16)).split(b"\n")
            if not lines:
                yield b""
                continue
            silent_since = time.monotonic()
            for line in lines[: most - yielded]:
                token = line.rpartition(b"/")[2]
                yielded += 1
                yield confirm_request(port, token, yielded)


def _wait_for(path: Path) -> None:
    until = time.monotonic() + _SILENCE_SECONDS
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.05)
