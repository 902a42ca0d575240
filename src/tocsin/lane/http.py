"""A request and an answer as the lane sees them: plain bytes, no framework."""

from dataclasses import dataclass, field
from http import HTTPStatus

from tocsin.rallies.photos import SentPhoto

Header = tuple[bytes, bytes]


@dataclass(slots=True)
class Request:
    """One HTTP request, its body read to the end and bounded."""

    method: str
    path: str
    query: bytes
    headers: dict[str, str]  # names in lower case; of repeated ones the last
    client: str  # the peer's address, or what a trusted proxy says of it
    body: bytes = b""
    photo: SentPhoto | None = None  # what came beside the fields of a form that takes one


@dataclass(slots=True)
class Response:
    """One HTTP answer; the strict headers are added where it is sent."""

    status: int = HTTPStatus.OK
    body: bytes = b""
    headers: list[Header] = field(default_factory=list)


def html(body: bytes, status: int = HTTPStatus.OK, *headers: Header) -> Response:
    """Return an HTML answer."""
    return Response(status, body, [(b"content-type", b"text/html; charset=utf-8"), *headers])


def see_other(location: str) -> Response:
    """Return a 303, the answer after a form was taken (RFC 9110, section 15.4.4)."""
    return Response(
        HTTPStatus.SEE_OTHER, b"", [(b"location", location.encode("ascii")), (b"cache-control", b"no-store")]
    )
