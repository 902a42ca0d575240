"""One answer as it leaves: made once and sent as often as asked for."""

import gzip
import hashlib
from collections.abc import Sequence
from http import HTTPStatus

from tocsin.lane.arrival import Send
from tocsin.lane.http import Header, Response
from tocsin.lane.rsgi import RSGIProtocol

_ETAG_BYTES = 12
# What a 304 must not repeat: it has no body (RFC 9110, section 15.4.5).
_OF_THE_BODY = frozenset({b"content-type", b"content-encoding", b"content-length"})
_GZIP_LEVEL = 6
WORTH_ZIPPING = 256
_GZIP: Header = (b"content-encoding", b"gzip")
_VARY: Header = (b"vary", b"accept-encoding")


class Copy:
    """An answer ready to be sent; `words` are its headers as granian's own protocol wants them."""

    __slots__ = ("body", "headers", "status", "words")

    def __init__(self, status: int, headers: list[Header], body: bytes) -> None:
        self.status = int(status)
        self.headers = headers
        self.body = body
        self.words = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]

    async def send(self, send: Send, *, with_body: bool) -> None:
        """Send it as ASGI; for HEAD, all of it but the body."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body if with_body else b""})

    def respond(self, protocol: RSGIProtocol, *, with_body: bool) -> None:
        """Send it as RSGI; for HEAD, all of it but the body."""
        if with_body and self.body:
            protocol.response_bytes(self.status, self.words, self.body)
        else:
            protocol.response_empty(self.status, self.words)


def finished(answer: Response, strict: Sequence[Header]) -> Copy:
    """Return an answer with the strict headers that it does not set itself, and its length."""
    said = dict(answer.headers)
    sent = answer.headers + [header for header in strict if header[0] not in said]
    if b"content-length" not in said:
        sent.append((b"content-length", b"%d" % len(answer.body)))
    return Copy(answer.status, sent, answer.body)


class Variants:
    """One public answer in its encodings, each with an ETag of its own (RFC 9110, section 8.8.3)."""

    __slots__ = ("_digest", "plain", "tags", "unchanged", "zipped")

    def __init__(
        self,
        headers: list[Header],
        body: bytes,
        *,
        zipped: bytes | None,
        status: int = HTTPStatus.OK,
        digest: str = "",
    ) -> None:
        digest = digest or hashlib.blake2b(body, digest_size=_ETAG_BYTES).hexdigest()
        self._digest = digest
        tag, zipped_tag = f'"{digest}"', f'"{digest}-gzip"'
        self.plain = self.zipped = _encoded(status, headers, body, tag)
        if zipped is not None:
            self.zipped = _encoded(status, [*headers, _GZIP], zipped, zipped_tag)
        # A redirect has no body to be the same: its tag is sent, but nothing is compared with it.
        self.tags = frozenset({tag, zipped_tag}) if status == HTTPStatus.OK else frozenset()
        self.unchanged = {copy: _unchanged(copy) for copy in (self.plain, self.zipped)}

    def under(self, headers: list[Header]) -> "Variants":
        """Return the same bodies under other headers: neither compressed nor summed up again."""
        zipped = self.zipped.body if self.zipped is not self.plain else None
        return Variants(headers, self.plain.body, zipped=zipped, status=self.plain.status, digest=self._digest)

    @property
    def weight(self) -> int:
        """How many bytes of memory the bodies take."""
        return len(self.plain.body) + len(self.zipped.body)


def zip_bytes(body: bytes, level: int = _GZIP_LEVEL) -> bytes:
    """Return `body` as gzip, the same bytes in every process: without a time in its header."""
    return gzip.compress(body, level, mtime=0)


def _encoded(status: int, headers: list[Header], body: bytes, tag: str) -> Copy:
    more: list[Header] = [(b"content-length", b"%d" % len(body)), (b"etag", tag.encode()), _VARY]
    return Copy(status, [*headers, *more], body)


def _unchanged(copy: Copy) -> Copy:
    headers = [(name, value) for name, value in copy.headers if name not in _OF_THE_BODY]
    return Copy(HTTPStatus.NOT_MODIFIED, headers, b"")
