"""A mail server that takes everything and keeps nothing but its count: SMTP (RFC 5321) with PIPELINING, one process.

python -m tocsin.cli.bench.sink PORT COUNT_FILE
"""

import asyncio
import os
import sys
from pathlib import Path

_COUNT_BYTES = 8
_ANSWERS = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"QUIT": b"221 bye\r\n",
}


class _Line(asyncio.Protocol):
    """One connection: commands are answered by their first four letters, content is read to its dot."""

    def __init__(self, count: "Count") -> None:
        self._count = count
        self._read = b""
        self._is_content = False
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101  asyncio's own promise for TCP
        self._transport = transport
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._read += data
        answers = []
        while (answer := self._next()) is not None:
            answers.append(answer)
        if self._transport is not None:
            self._transport.write(b"".join(answers))

    def _next(self) -> bytes | None:
        """Take one command, or one mail, off what was read; return its answer, or None when it is not all there."""
        end = b"\r\n.\r\n" if self._is_content else b"\r\n"
        taken, found, rest = self._read.partition(end)
        if not found:
            return None
        self._read = rest
        if self._is_content:
            self._is_content = False
            self._count.bump()
            return b"250 taken\r\n"
        word = taken[:4].upper()
        if word == b"DATA":
            self._is_content = True
            return b"354 go on\r\n"
        return _ANSWERS.get(word, b"250 fine\r\n")


class Count:
    """How many mails came, in a file for others to look at."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._mails = 0

    def bump(self) -> None:
        """Count one more."""
        self._mails += 1
        os.pwrite(self._handle, self._mails.to_bytes(_COUNT_BYTES, "big"), 0)


def read_count(path: Path) -> int:
    """Return how many mails the sink that writes to `path` has taken."""
    return int.from_bytes(path.read_bytes()[:_COUNT_BYTES], "big") if path.exists() else 0


async def _serve(port: int, path: Path) -> None:
    count = Count(path)
    server = await asyncio.get_running_loop().create_server(lambda: _Line(count), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2])))
