"""Every request that is not in memory passes here: who asks and for which host, and how answers leave."""

import asyncio
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import IO

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from tocsin.lane import counters, routes
from tocsin.lane.accept import has_already, takes_gzip
from tocsin.lane.arrival import FORWARDED_FOR, Arrival, BodyTooLargeError, ClientGoneError
from tocsin.lane.batcher import AWAY, BusyError
from tocsin.lane.bodies import FORM_LIMIT, Bodies, BodyTooSlowError, announced_length
from tocsin.lane.client import Networks, client_of
from tocsin.lane.copies import Copy, finished
from tocsin.lane.engine import clock
from tocsin.lane.failures import FailurePages, report
from tocsin.lane.form import BadFormError
from tocsin.lane.house import House
from tocsin.lane.http import Request, Response
from tocsin.lane.origin import is_cross_site
from tocsin.lane.pages import Kept
from tocsin.lane.router import Answer, not_allowed
from tocsin.lane.uploads import has_parts
from tocsin.lane.wishes import spoken_to
from tocsin.rallies.photos import SentPhoto
from tocsin.rallies.queries.hosting import is_confirmed_host
from tocsin.rallies.refusals import Refusal
from tocsin.seal.tokens import from_text
from tocsin.website.headers import STRICT_HEADERS, TOKEN_HEADERS
from tocsin.website.language import named_language

_READING = frozenset({"GET", "HEAD"})
_MOST_HOSTS = 64  # spellings of one name: with a port, in capitals
_DESK_BODY = 16 * 1024 * 1024  # a picture, as the desk takes it
_DESK_SECONDS = 120.0
_LARGE_BODIES = 4
_FORWARDED = frozenset({"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded"})
_OF_A_LINK = frozenset({"host", "accept-language", "content-type"})
_SETTLED = frozenset({name for name, _ in TOKEN_HEADERS} | {b"set-cookie", b"vary"})
_EXPECTED: dict[type[Exception], HTTPStatus] = {
    BadFormError: HTTPStatus.BAD_REQUEST,
    BodyTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    BodyTooSlowError: HTTPStatus.REQUEST_TIMEOUT,
}
_RETRY = (b"retry-after", b"5")


class Reception:
    """Receives requests and sends answers, for one process."""

    def __init__(self, house: House) -> None:
        self.hosts: set[str] = set()
        self._house = house
        self._failures = FailurePages(house.django)
        # Django's settings cost a microsecond each time they are asked.
        self._proxies = Networks(settings.TRUSTED_PROXIES)
        self._allowed_hosts = settings.ALLOWED_HOSTS
        self._session_cookie = f"{settings.SESSION_COOKIE_NAME}="
        self._bodies = Bodies()
        self._large_bodies = asyncio.Semaphore(_LARGE_BODIES)

    async def answer(self, arrival: Arrival) -> Copy | None:
        """Return the answer to one request, whatever happens on the way; None when nobody waits for one."""
        try:
            answer = await self._answer(arrival)
        except ClientGoneError:
            return None
        except Exception as error:  # noqa: BLE001  the visitor gets a page, the log a place
            answer = self._what_failed(error)
        return answer if isinstance(answer, Copy) else await self._copy(answer, arrival.headers, arrival.path)

    def _what_failed(self, error: Exception) -> HTTPStatus:
        if isinstance(error, AWAY):
            counters.bump("refused_away")
            if not isinstance(error, BusyError):
                report(error)
            return HTTPStatus.SERVICE_UNAVAILABLE
        if (status := _EXPECTED.get(type(error))) is not None:
            counters.bump(f"refused_{status.name.lower()}")
            return status
        counters.bump("failed")
        report(error)
        return HTTPStatus.INTERNAL_SERVER_ERROR

    async def _answer(self, arrival: Arrival) -> Answer:
        path, headers = arrival.path, arrival.headers
        probe = self._house.probes.by_path.get(path)
        if probe is not None:
            return probe()  # asked by address, not by name; it tells nothing
        if not self._is_our_host(headers.get("host", "")) or not _is_sound(path):
            return HTTPStatus.BAD_REQUEST
        client = client_of(arrival.peer, headers.get(FORWARDED_FOR, ""), self._proxies)
        request = Request(arrival.method, path, arrival.query, headers, client)
        first = routes.first_part(path)
        if first in routes.PRIVATE or first in routes.BY_LINK:
            return await (self._pass_on if first in routes.PRIVATE else self._pass_by_link)(request, arrival)
        if request.method in _READING:
            return await self._house.router.get(request)
        if request.method == "POST":
            return await self._post(request, arrival)
        return not_allowed("GET", "HEAD")

    async def _post(self, request: Request, arrival: Arrival) -> Answer:
        """Let the router answer; what may bring a photo is read to the disk, and kept until there is an answer."""
        if not _may_bring_photo(request):
            return await self._house.router.post(request, lambda: self._bodies.read(arrival))
        with self._house.uploads.reading(request, arrival) as read_body:
            return await self._house.router.post(request, read_body)

    async def _pass_on(self, request: Request, arrival: Arrival) -> Response:
        """Let Django answer for the desk."""
        is_secure = self._is_secure(arrival, request.headers)
        if request.method not in _READING:
            request.body = await self._desk_body(arrival, request.headers)
        request.headers = {name: value for name, value in request.headers.items() if name not in _FORWARDED}
        return await self._house.django.desk(request, secure=is_secure)

    async def _pass_by_link(self, request: Request, arrival: Arrival) -> Response | HTTPStatus:
        """Let Django answer for a secret address, with no more of the browser than its language and its form."""
        found = routes.BY_LINK_PATH.fullmatch(request.path)
        token = from_text(found["token"]) if found is not None else None
        if token is None:
            return HTTPStatus.NOT_FOUND
        if request.method not in (*_READING, "POST"):
            return not_allowed("GET", "HEAD", "POST")
        if request.method == "POST":
            if is_cross_site(request.headers, base_url=settings.BASE_URL, may_be_null=False):
                return HTTPStatus.FORBIDDEN
            if _may_bring_photo(request):
                with self._house.uploads.reading(request, arrival) as read_body:
                    request.body = await read_body()
                    return await self._answer_by_link(request, arrival, token)
            request.body = await self._bodies.read(arrival)
        return await self._answer_by_link(request, arrival, token)

    async def _answer_by_link(self, request: Request, arrival: Arrival, token: bytes) -> Response:
        is_secure = self._is_secure(arrival, request.headers)
        request.headers = {name: value for name, value in request.headers.items() if name in _OF_A_LINK}
        if request.photo is not None and request.photo.file is not None:
            answer = await self._answer_with_photo(request, request.photo.file, token, secure=is_secure)
        else:
            answer = await self._house.django.by_link(request, secure=is_secure)
        # What a page behind a link is sent with is settled here, whatever the view says.
        answer.headers = [header for header in answer.headers if header[0] not in _SETTLED]
        return answer

    async def _answer_with_photo(self, request: Request, photo: IO[bytes], token: bytes, *, secure: bool) -> Response:
        """Answer where photos are made afresh; without a turn there, at once, with what to do about the photo."""
        django, engine = self._house.django, self._house.engine
        if not await django.on_link_thread(lambda: is_confirmed_host(token)):
            return await django.by_link(request, secure=secure)
        if engine.has_photos_left(token, clock()):
            with suppress(BusyError):
                return await django.by_link(request, secure=secure, on=partial(engine.on_photo_thread, request.client))
        photo.close()
        request.photo = SentPhoto(None, Refusal.PHOTO_BUSY)
        return await django.by_link(request, secure=secure)

    async def _desk_body(self, arrival: Arrival, headers: dict[str, str]) -> bytes:
        """Read what an organiser sends: a picture may be large, so few of those at a time lie in memory."""
        if announced_length(arrival) <= FORM_LIMIT or self._session_cookie not in headers.get("cookie", ""):
            return await self._bodies.read(arrival)
        async with self._large_bodies:
            return await self._bodies.read(arrival, limit=_DESK_BODY, seconds=_DESK_SECONDS)

    def _is_our_host(self, host: str) -> bool:
        if host in self.hosts:
            return True
        domain, _ = split_domain_port(host)
        if not domain or not validate_host(domain, self._allowed_hosts):
            return False
        if len(self.hosts) < _MOST_HOSTS:
            self.hosts.add(host)
        return True

    def _is_secure(self, arrival: Arrival, headers: dict[str, str]) -> bool:
        """Say whether the visitor speaks TLS: with us, or with a proxy that we trust to say so."""
        if arrival.peer in self._proxies:
            return headers.get("x-forwarded-proto", "").strip().lower() == "https"
        return arrival.is_tls

    async def _copy(self, answer: Kept | Response | HTTPStatus, headers: dict[str, str], path: str) -> Copy:
        if isinstance(answer, Kept):
            return _copy_of_kept(answer, headers)
        if isinstance(answer, HTTPStatus):
            answer = Response(answer, b"", [_RETRY] if answer == HTTPStatus.SERVICE_UNAVAILABLE else [])
        if answer.status >= HTTPStatus.BAD_REQUEST and not answer.body:
            answer = await self._failures.answer(
                HTTPStatus(answer.status), _language_of(path, headers), *answer.headers
            )
        return finished(answer, TOKEN_HEADERS if routes.first_part(path) in routes.SECRET else STRICT_HEADERS)


def _language_of(path: str, headers: dict[str, str]) -> str:
    """Return the language of a page that says what went wrong: the address's, or what the browser asks for."""
    return named_language(path) or spoken_to(headers)


def _may_bring_photo(request: Request) -> bool:
    return has_parts(request.headers) and routes.PHOTO_PATH.fullmatch(request.path) is not None


def _copy_of_kept(kept: Kept, headers: dict[str, str]) -> Copy:
    variants = kept.variants
    copy = variants.zipped if takes_gzip(headers.get("accept-encoding", "")) else variants.plain
    known = headers.get("if-none-match")
    return variants.unchanged[copy] if known is not None and has_already(known, variants.tags) else copy


def _is_sound(path: str) -> bool:
    """Say whether a path can be anybody's: no control characters, nothing that was not UTF-8, no second slash."""
    return path.startswith("/") and not path.startswith("//") and path.isprintable() and "\ufffd" not in path
