"""Reads one HTTP/1.1 answer (RFC 9112) from a server that one does not trust: bounded in size and in time."""

import socket
from time import monotonic
from typing import NamedTuple

_MAX_HEAD = 64 * 1024
_PIECE = 256 * 1024
_END = b"\r\n\r\n"


class Answer(NamedTuple):
    """What a server said: the status and the whole body; `goes_to` is where a redirection points."""

    status: int
    body: bytes
    goes_to: str = ""
    is_last: bool = False
    """The server closes the connection after it."""


class AnswerError(Exception):
    """The answer is no HTTP, was cut off, is too long, or took too long; the message says which."""


class AnswerReader:
    """Takes one answer from a connection; `limit` is the longest body in bytes, `seconds` the longest time."""

    def __init__(self, line: socket.socket, *, limit: int, seconds: float) -> None:
        self._line = line
        self._limit = limit
        self._until = monotonic() + seconds
        self._data = bytearray()

    def read(self) -> Answer:
        """Return the answer; raises AnswerError."""
        status, fields = self._head()
        while 100 <= status < 200:  # noqa: PLR2004  interim answers (RFC 9110, section 15.2)
            status, fields = self._head()
        if fields.get("content-encoding", "identity") != "identity":
            message = "the answer is compressed, although that was not asked for"
            raise AnswerError(message)
        body, is_ended = self._body(status, fields)
        if self._data:
            message = "the answer is longer than it says"
            raise AnswerError(message)
        is_last = is_ended or "close" in fields.get("connection", "").lower()
        return Answer(status, body, fields.get("location", ""), is_last)

    def _head(self) -> tuple[int, dict[str, str]]:
        end = self._data.find(_END)
        while end < 0:
            if len(self._data) > _MAX_HEAD:
                message = "the answer's head is too long"
                raise AnswerError(message)
            self._need_more()
            end = self._data.find(_END)
        first, *lines = bytes(self._data[:end]).decode("latin-1").split("\r\n")
        del self._data[: end + len(_END)]
        protocol, _, rest = first.partition(" ")
        if not protocol.startswith("HTTP/1.") or not (code := rest[:3]).isdecimal() or not code.isascii():
            message = "the answer is no HTTP"
            raise AnswerError(message)
        fields = {}
        for line in lines:
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        return int(code), fields

    def _body(self, status: int, fields: dict[str, str]) -> tuple[bytes, bool]:
        """Return the body, and whether the connection's end was its end (RFC 9112, section 6.3)."""
        if status in {204, 304}:
            return b"", False
        if "transfer-encoding" in fields:
            return self._chunks(), False
        length = fields.get("content-length")
        if length is None:
            while self._more():
                self._check(len(self._data))
            return self._taken(len(self._data)), True
        if not length.isascii() or not length.isdecimal() or len(length) > 18:  # noqa: PLR2004  above any length there is
            message = "the answer's length is no number"
            raise AnswerError(message)
        return self._taken(int(length)), False

    def _chunks(self) -> bytes:
        body = bytearray()
        while length := self._chunk_length():
            self._check(len(body) + length)
            body += self._taken(length)
            self._taken(2)
        while self._text_line():  # trailers
            continue
        return bytes(body)

    def _chunk_length(self) -> int:
        digits = self._text_line().partition(b";")[0].strip()
        try:
            return int(digits, 16) if len(digits) < 16 else self._limit + 1  # noqa: PLR2004  above any length there is
        except ValueError as error:
            message = "the answer's pieces have no length"
            raise AnswerError(message) from error

    def _text_line(self) -> bytes:
        while (end := self._data.find(b"\r\n")) < 0:
            if len(self._data) > _MAX_HEAD:
                message = "the answer's pieces have no length"
                raise AnswerError(message)
            self._need_more()
        line = bytes(self._data[:end])
        del self._data[: end + 2]
        return line

    def _taken(self, length: int) -> bytes:
        self._check(length)
        while len(self._data) < length:
            self._need_more()
        taken = bytes(self._data[:length])
        del self._data[:length]
        return taken

    def _check(self, length: int) -> None:
        if length > self._limit:
            message = f"the answer is longer than {self._limit:,} bytes"
            raise AnswerError(message)

    def _need_more(self) -> None:
        if not self._more():
            message = "the connection was closed before the answer was complete"
            raise AnswerError(message)

    def _more(self) -> bool:
        """Read what has come; False when nothing will come any more."""
        # A server that sends a byte a minute never runs into the timeout of one read.
        left = self._until - monotonic()
        if left <= 0:
            raise TimeoutError
        self._line.settimeout(left)
        piece = self._line.recv(_PIECE)
        self._data += piece
        return bool(piece)
