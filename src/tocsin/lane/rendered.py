"""What Django rendered, as the page cache keeps it; decides what may be kept at all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from tocsin.lane.copies import WORTH_ZIPPING, Variants, zip_bytes
from tocsin.lane.http import Header, Response
from tocsin.lane.template import Template
from tocsin.website.answers import CAMPAIGN_HEADER, UNTIL_HEADER
from tocsin.website.headers import STRICT_HEADERS
from tocsin.website.language import language_of_path

_CAMPAIGN = CAMPAIGN_HEADER.lower().encode()
_UNTIL = UNTIL_HEADER.lower().encode()
# Ours to say, or nobody's business.
_NOT_KEPT = frozenset({_CAMPAIGN, _UNTIL, b"content-length", b"vary", b"etag", b"date", b"server", b"connection"})
# Asked for by nobody in particular, a redirect is the same for everybody.
_KEPT_STATUSES = frozenset({HTTPStatus.OK, HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND})
_MAX_AGE = re.compile(rb"max-age=(\d{1,9})")
_TEXTUAL = (
    b"text/",
    b"application/atom+xml",
    b"application/json",
    b"application/geo+json",
    b"application/manifest+json",
    b"image/svg+xml",
    b"application/xml",
)


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A page with its slots still open."""

    status: int
    template: Template
    headers: list[Header]
    language: str
    campaign: int | None  # whose page it is; None: it may show all of them
    until: float | None  # when it ends by the clock, in seconds since 1970
    max_age: int
    is_textual: bool

    def headers_at(self, now: float) -> list[Header]:
        """Return the headers at `now`: no cache may keep the page past its end."""
        if self.until is None or now + self.max_age <= self.until:
            return self.headers
        left = b"public, max-age=%d" % max(0, int(self.until - now))
        return [(name, left if name == b"cache-control" else value) for name, value in self.headers]

    def variants(self, values: Mapping[str, str], headers: list[Header]) -> Variants:
        """Return the page with its slots filled, plain and compressed."""
        body = self.template.fill(values)
        zipped = zip_bytes(body) if self.is_textual and len(body) >= WORTH_ZIPPING else None
        return Variants(headers, body, zipped=zipped, status=self.status)


def read_rendered(response: Response, path: str) -> Rendered | None:
    """Return a page that may be kept and shown to everybody, or None.

    Only what says so itself is: a page or a redirect, `Cache-Control: public`, no cookie, and
    nothing that depends on who asks (RFC 9111, section 3, is more generous; we need not be).
    """
    found = dict(response.headers)
    cache = found.get(b"cache-control", b"")
    if response.status not in _KEPT_STATUSES or b"public" not in cache or b"set-cookie" in found:
        return None
    if found.get(b"vary", b"").lower() not in {b"", b"accept-encoding"}:
        return None
    age = _MAX_AGE.search(cache)
    kind = found.get(b"content-type", b"")
    return Rendered(
        status=response.status,
        template=Template(response.body) if kind.startswith(b"text/html") else Template.whole(response.body),
        headers=[
            *(header for header in response.headers if header[0] not in _NOT_KEPT),
            *(header for header in STRICT_HEADERS if header[0] not in found),
        ],
        language=found.get(b"content-language", language_of_path(path).encode()).decode("ascii"),
        campaign=_number(found, _CAMPAIGN),
        until=_number(found, _UNTIL),
        max_age=int(age[1]) if age else 0,
        is_textual=kind.startswith(_TEXTUAL),
    )


def _number(found: Mapping[bytes, bytes], name: bytes) -> int | None:
    raw = found.get(name, b"")
    return int(raw) if raw.isdigit() else None
