"""One answer as it leaves: the two ASGI messages, made once and sent as often as asked for."""

import gzip
import hashlib
from http import HTTPStatus
from typing import Any

from tocsin.lane.asgi_types import Send
from tocsin.lane.http import Header

_ETAG_BYTES = 12
# What a 304 must not repeat: it has no body (RFC 9110, section 15.4.5).
_OF_THE_BODY = frozenset({b"content-type", b"content-encoding", b"content-length"})
_GZIP_LEVEL = 6
WORTH_ZIPPING = 256
_GZIP: Header = (b"content-encoding", b"gzip")
_VARY: Header = (b"vary", b"accept-encoding")


class Copy:
    """An answer ready to be sent: status line and headers, and the body."""

    __slots__ = ("body", "end", "start")

    def __init__(self, status: int, headers: list[Header], body: bytes) -> None:
        self.body = body
        self.start: dict[str, Any] = {"type": "http.response.start", "status": int(status), "headers": headers}
        self.end: dict[str, Any] = {"type": "http.response.body", "body": body}

    async def send(self, send: Send, *, with_body: bool = True) -> None:
        """Send it, or for HEAD all of it but the body."""
        await send(self.start)
        await send(self.end if with_body else {"type": "http.response.body", "body": b""})


class Variants:
    """One public answer in its encodings, each with an ETag of its own (RFC 9110, section 8.8.3)."""

    __slots__ = ("plain", "tags", "unchanged", "zipped")

    def __init__(
        self, headers: list[Header], body: bytes, *, zipped: bytes | None, status: int = HTTPStatus.OK
    ) -> None:
        digest = hashlib.blake2b(body, digest_size=_ETAG_BYTES).hexdigest().encode()
        tag, zipped_tag = b'"%b"' % digest, b'"%b-gzip"' % digest
        self.plain = self.zipped = _encoded(status, headers, body, tag)
        if zipped is not None:
            self.zipped = _encoded(status, [*headers, _GZIP], zipped, zipped_tag)
        # A redirect has no body to be the same: its tag is sent, but nothing is compared with it.
        self.tags = frozenset({tag, zipped_tag}) if status == HTTPStatus.OK else frozenset()
        self.unchanged = {copy: _unchanged(copy) for copy in (self.plain, self.zipped)}

    @property
    def weight(self) -> int:
        """How many bytes of memory the bodies take."""
        return len(self.plain.body) + len(self.zipped.body)


def zip_bytes(body: bytes, level: int = _GZIP_LEVEL) -> bytes:
    """Return `body` as gzip, the same bytes in every process: without a time in its header."""
    return gzip.compress(body, level, mtime=0)


def _encoded(status: int, headers: list[Header], body: bytes, tag: bytes) -> Copy:
    more: list[Header] = [(b"content-length", b"%d" % len(body)), (b"etag", tag), _VARY]
    return Copy(status, [*headers, *more], body)


def _unchanged(copy: Copy) -> Copy:
    headers = [(name, value) for name, value in copy.start["headers"] if name not in _OF_THE_BODY]
    return Copy(HTTPStatus.NOT_MODIFIED, headers, b"")
