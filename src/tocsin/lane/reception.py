"""Every request that is not in memory passes here: who asks and for which host, and how answers leave."""

import asyncio
from http import HTTPStatus

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from tocsin.lane import counters, routes
from tocsin.lane.accept import has_already, takes_gzip
from tocsin.lane.asgi_types import Receive, Scope, Send
from tocsin.lane.batcher import BusyError
from tocsin.lane.bodies import BodyTooLargeError, BodyTooSlowError, ClientGoneError, read_body
from tocsin.lane.client import client_of, is_within
from tocsin.lane.copies import Copy
from tocsin.lane.failures import FailurePages, report
from tocsin.lane.house import House
from tocsin.lane.http import Request, Response
from tocsin.lane.pages import Kept
from tocsin.lane.router import Answer, not_allowed
from tocsin.website.headers import STRICT_HEADERS, TOKEN_HEADERS
from tocsin.website.language import language_of_path

_READING = frozenset({"GET", "HEAD"})
_MOST_HOSTS = 64  # spellings of one name: with a port, in capitals
_DESK_BODY = 16 * 1024 * 1024  # a picture, as the desk takes it
_DESK_SECONDS = 120.0
_DESK_BODIES = 4
_FORWARDED = frozenset({b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip", b"forwarded"})
_EXPECTED: dict[type[Exception], HTTPStatus] = {
    BusyError: HTTPStatus.SERVICE_UNAVAILABLE,
    BodyTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    BodyTooSlowError: HTTPStatus.REQUEST_TIMEOUT,
}
_RETRY = (b"retry-after", b"5")


class Reception:
    """Receives requests and sends answers, for one process."""

    def __init__(self, house: House) -> None:
        self.hosts: set[bytes] = set()
        self._house = house
        self._failures = FailurePages(house.django)
        # Django's settings cost a microsecond each time they are asked.
        self._proxies = settings.TRUSTED_PROXIES
        self._allowed_hosts = settings.ALLOWED_HOSTS
        self._desk_bodies = asyncio.Semaphore(_DESK_BODIES)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens on the way."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        try:
            answer = await self._answer(scope, headers, receive)
        except ClientGoneError:
            return
        except Exception as error:  # noqa: BLE001  the visitor gets a page, the log a place
            answer = self._what_failed(error)
        copy = await self._copy(answer, headers, scope["path"])
        await copy.send(send, with_body=scope["method"] != "HEAD")

    def _what_failed(self, error: Exception) -> HTTPStatus:
        if (status := _EXPECTED.get(type(error))) is not None:
            counters.bump(f"refused_{status.name.lower()}")
            return status
        counters.bump("failed")
        report(error)
        return HTTPStatus.INTERNAL_SERVER_ERROR

    async def _answer(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Answer:
        path: str = scope["path"]
        probe = self._house.probes.by_path.get(path)
        if probe is not None:
            return probe()  # asked by address, not by name; it tells nothing
        if not self._is_our_host(headers.get(b"host", b"")) or not _is_sound(path):
            return HTTPStatus.BAD_REQUEST
        peer = scope["client"][0] if scope.get("client") else ""
        client = client_of(peer, scope["headers"], self._proxies)
        request = Request(scope["method"], path, scope["query_string"], headers, client)
        if routes.first_part(path) in routes.PRIVATE:
            return await self._pass_on(request, receive, secure=self._is_secure(scope, headers, peer))
        return await self._by_method(request, receive)

    async def _by_method(self, request: Request, receive: Receive) -> Answer:
        if request.method in _READING:
            return await self._house.router.get(request)
        if request.method == "POST":
            return await self._house.router.post(request, lambda: read_body(receive, request.headers))
        return not_allowed("GET", "HEAD")

    async def _pass_on(self, request: Request, receive: Receive, *, secure: bool) -> Response:
        """Let Django answer for the desk; few large bodies at a time, they lie in memory."""
        if request.method not in _READING:
            async with self._desk_bodies:
                request.body = await read_body(receive, request.headers, limit=_DESK_BODY, seconds=_DESK_SECONDS)
        request.headers = {name: value for name, value in request.headers.items() if name not in _FORWARDED}
        return await self._house.django.desk(request, secure=secure)

    def _is_our_host(self, host: bytes) -> bool:
        if host in self.hosts:
            return True
        domain, _ = split_domain_port(host.decode("latin-1"))
        if not domain or not validate_host(domain, self._allowed_hosts):
            return False
        if len(self.hosts) < _MOST_HOSTS:
            self.hosts.add(host)
        return True

    def _is_secure(self, scope: Scope, headers: dict[bytes, bytes], peer: str) -> bool:
        """Say whether the visitor speaks TLS: with us, or with a proxy that we trust to say so."""
        if is_within(peer, self._proxies):
            return headers.get(b"x-forwarded-proto", b"").strip().lower() == b"https"
        return bool(scope.get("scheme") == "https")

    async def _copy(self, answer: Answer, headers: dict[bytes, bytes], path: str) -> Copy:
        if isinstance(answer, Kept):
            return _copy_of_kept(answer, headers)
        if isinstance(answer, HTTPStatus):
            answer = Response(answer, b"", [_RETRY] if answer == HTTPStatus.SERVICE_UNAVAILABLE else [])
        if answer.status >= HTTPStatus.BAD_REQUEST and not answer.body:
            answer = await self._failures.answer(HTTPStatus(answer.status), language_of_path(path), *answer.headers)
        strict = TOKEN_HEADERS if routes.first_part(path) in routes.SECRET else STRICT_HEADERS
        said = dict(answer.headers)
        sent = answer.headers + [header for header in strict if header[0] not in said]
        if b"content-length" not in said:
            sent.append((b"content-length", b"%d" % len(answer.body)))
        return Copy(answer.status, sent, answer.body)


def _copy_of_kept(kept: Kept, headers: dict[bytes, bytes]) -> Copy:
    variants = kept.variants
    copy = variants.zipped if takes_gzip(headers.get(b"accept-encoding", b"")) else variants.plain
    known = headers.get(b"if-none-match")
    return variants.unchanged[copy] if known is not None and has_already(known, variants.tags) else copy


def _is_sound(path: str) -> bool:
    """Say whether a path can be anybody's: no control characters, nothing that was not UTF-8, no second slash."""
    return path.startswith("/") and not path.startswith("//") and path.isprintable() and "\ufffd" not in path
