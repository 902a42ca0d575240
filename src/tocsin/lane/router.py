"""The lane's slow way: everything that is not a page in memory."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from django.conf import settings

from tocsin.campaigns.languages import is_known
from tocsin.lane import manage, receipts, routes
from tocsin.lane.by_receipt import withdraw_by_receipt
from tocsin.lane.challenge import challenge
from tocsin.lane.confirm import Shown
from tocsin.lane.copies import Copy
from tocsin.lane.doors import Door
from tocsin.lane.engine import Engine
from tocsin.lane.http import Request, Response
from tocsin.lane.origin import is_cross_site
from tocsin.lane.pages import Kept, Pages
from tocsin.lane.probes import Probes
from tocsin.lane.published import FIRST_PART as TALLY
from tocsin.lane.template import Template
from tocsin.lane.token_pages import TokenPages, page_to_confirm, page_to_manage
from tocsin.lane.wishes import wishes
from tocsin.seal.tokens import from_text
from tocsin.signing.queries import UNKNOWN, Status
from tocsin.website.pages import TokenPage

Answer = Kept | Copy | Response | HTTPStatus
ReadBody = Callable[[], Awaitable[bytes]]
ReadFile = Callable[[str], Awaitable[Response]]

_ONE_CLICK = ("m", "stop")  # RFC 8058: mail programs post from their own servers


class Router:
    """Finds who answers; `private` requests were let through to Django before."""

    def __init__(self, engine: Engine, pages: Pages, probes: Probes, log_file: ReadFile) -> None:
        self._engine = engine
        self._pages = pages
        self._probes = probes
        self._log_file = log_file
        self._token_pages = TokenPages(engine, pages)
        self._base_url = settings.BASE_URL

    async def get(self, request: Request) -> Answer:
        """Answer GET and HEAD."""
        path = request.path
        first = routes.first_part(path)
        if first in routes.SECRET:
            return await self._get_token(request)
        if found := routes.CHALLENGE_PATH.fullmatch(path):
            return challenge(self._engine, found["slug"])
        if first == TALLY:
            return await self._log_file(path)
        if first == "metrics":
            return self._probes.metrics(request)
        return await self._get_page(request, path)

    async def _get_page(self, request: Request, path: str) -> Answer:
        if routes.first_part(path) == "static" or routes.COUNT_PATH.fullmatch(path):
            return self._pages.find_put(path) or HTTPStatus.NOT_FOUND
        if (found := routes.CAMPAIGN_PATH.fullmatch(path)) and found["verb"] in routes.POST_ONLY:
            return not_allowed("POST")
        if routes.RALLY_PATH.fullmatch(path):
            return not_allowed("POST")
        return await self._pages.find(path, routes.known_query(path, request.query) if request.query else b"")

    async def post(self, request: Request, read_body: ReadBody) -> Answer:
        """Answer POST: who may, then what was posted, then the verb."""
        # Signing first, then coming: of all that is posted these are the most.
        if found := routes.CAMPAIGN_PATH.fullmatch(request.path) or routes.RALLY_PATH.fullmatch(request.path):
            return await self._post_campaign(request, read_body, found.groupdict())
        if found := routes.RECEIPT_PATH.fullmatch(request.path):
            return await self._post_receipt(request, read_body, found["language"])
        if found := routes.TOKEN_PATH.fullmatch(request.path):
            return await self._post_token(request, read_body, found["door"], found["verb"], found["token"])
        return not_allowed("GET", "HEAD")

    async def _post_campaign(self, request: Request, read_body: ReadBody, found: Mapping[str, str]) -> Answer:
        language = found["language"]
        door = self._engine.doors.find(found["slug"])
        if door is None or language not in door.campaign.languages:
            return HTTPStatus.NOT_FOUND
        if is_cross_site(request.headers, base_url=self._base_url, may_be_null=True):
            return HTTPStatus.FORBIDDEN
        request.body = await read_body()
        if rally := found.get("rally"):
            answer = await routes.RALLY_POSTS[found["verb"]](self._engine, request, language, door, rally)
        else:
            answer = await routes.CAMPAIGN_POSTS[found["verb"]](self._engine, request, language, door)
        return answer if isinstance(answer, Copy) else self._with_numbers(answer, door, language)

    async def _post_receipt(self, request: Request, read_body: ReadBody, language: str) -> Answer:
        if not is_known(language):
            return HTTPStatus.NOT_FOUND
        if is_cross_site(request.headers, base_url=self._base_url, may_be_null=True):
            return HTTPStatus.FORBIDDEN
        request.body = await read_body()
        return await withdraw_by_receipt(self._engine, request, language)

    async def _get_token(self, request: Request) -> Answer:
        found = routes.TOKEN_PATH.fullmatch(request.path)
        # The address in List-Unsubscribe, opened by hand, shows the page with the button.
        asked = (found["door"], found["verb"]) if found is not None else None
        is_known = asked is not None and (asked[1] is None or asked == _ONE_CLICK or asked in routes.TOKEN_GETS)
        if found is None or not is_known:
            return not_allowed("POST") if asked in routes.TOKEN_POSTS else HTTPStatus.NOT_FOUND
        token = from_text(found["token"])
        if token is None and asked == _ONE_CLICK:
            return await self._answer_stop_link(request, found["token"], is_pressed=False)
        status = await self._token_pages.status(token)
        if token is not None and asked in routes.TOKEN_GETS:
            return await self._get_receipt(found["verb"], token, status, _link(found["door"], found["token"]))
        page = page_to_confirm(status) if found["door"] == "c" else page_to_manage(status)
        return await self._token_pages.answer(
            page, status, _link(found["door"], found["token"]), wishes(request.headers)
        )

    async def _get_receipt(self, verb: str, token: bytes, status: Status, path: str) -> Answer:
        if verb == routes.RECEIPT:
            return await receipts.download(self._engine, token, status, path)
        return await self._token_pages.receipt(status, path)

    async def _post_token(
        self, request: Request, read_body: ReadBody, door: str, verb: str | None, text: str
    ) -> Answer:
        act = routes.TOKEN_POSTS.get((door, verb))
        if act is None:
            return not_allowed("GET", "HEAD") if verb is None else HTTPStatus.NOT_FOUND
        if (door, verb) != _ONE_CLICK and is_cross_site(request.headers, base_url=self._base_url, may_be_null=False):
            return HTTPStatus.FORBIDDEN
        request.body = await read_body()
        token = from_text(text)
        if token is None and (door, verb) == _ONE_CLICK:
            return await self._answer_stop_link(request, text, is_pressed=True)
        outcome: routes.TokenOutcome = TokenPage.UNKNOWN
        if token is not None:
            outcome = await act(self._engine, request, token)
        if isinstance(outcome, TokenPage):
            outcome = Shown(outcome, await self._token_pages.status(token))
        if not isinstance(outcome, Shown):
            return outcome
        return await self._token_pages.answer(outcome.page, outcome.status, _link(door, text), wishes(request.headers))

    async def _answer_stop_link(self, request: Request, text: str, *, is_pressed: bool) -> Answer:
        """Answer for a link that is no token: it carries what it needs itself (outbox.stop_link)."""
        outcome = await manage.by_stop_link(self._engine, text, is_pressed=is_pressed)
        if isinstance(outcome, HTTPStatus):
            return outcome
        page, language = outcome
        wished = [language] if language is not None else wishes(request.headers)
        return await self._token_pages.answer(page, UNKNOWN, _link("m", text), wished)

    def _with_numbers(self, answer: Response, door: Door, language: str) -> Response:
        """Fill the live numbers into a page that was made for one request."""
        if b"@@slot:" in answer.body:
            answer.body = Template(answer.body).fill(self._pages.slots(door.campaign.pk, language))
        return answer


def not_allowed(*methods: str) -> Response:
    """Return a 405 that says what is (RFC 9110, section 15.5.6)."""
    return Response(HTTPStatus.METHOD_NOT_ALLOWED, b"", [(b"allow", ", ".join(methods).encode())])


def _link(door: str, token: str) -> str:
    return f"/{door}/{token}"
