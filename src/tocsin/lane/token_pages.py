"""The pages behind the links of a mail: GET and HEAD of /c/{token} and /m/{token} change nothing.

Their templates are kept per kind, campaign, language and text, and filled for each request:
a wave of confirmations must not meet Django's ceiling (DESIGN section 7).
"""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus

from django.utils import translation
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tocsin.campaigns.languages import spoken
from tocsin.campaigns.models import AppealText, Campaign
from tocsin.campaigns.states import State as CampaignState
from tocsin.kit.numbers import shown
from tocsin.lane.doors import Door
from tocsin.lane.engine import Engine
from tocsin.lane.http import Response, html
from tocsin.lane.pages import Pages
from tocsin.lane.receipts import is_coming, is_published
from tocsin.lane.template import Template
from tocsin.lane.wishes import first_of, of_ours
from tocsin.seal.tokens import from_text, manage_token, to_text
from tocsin.signing.queries import UNKNOWN, Status
from tocsin.signing.receipts import receipt_code
from tocsin.signing.states import GONE, State
from tocsin.website import pages
from tocsin.website.pages import TokenPage

_MOST_TEMPLATES = 500
_Key = tuple[TokenPage, int | None, int, str, int | None]
_NEEDS_NO_CAMPAIGN = frozenset({TokenPage.STOP, TokenPage.STOPPED})
_UNSURE = {TokenPage.MANAGE: TokenPage.UNSURE, TokenPage.WEAK: TokenPage.WEAK_UNSURE}
# Slots that are filled with words: whoever confirms meets none of them, and finding words is most of a page's cost.
_WORDED = frozenset({"state_line", "name_line", "where_gone", "strike_day", "strike_reason", "strike_language"})
_SHOWS_TEXT = frozenset({TokenPage.CONFIRM, TokenPage.UNTICKED})


class TokenPages:
    """Answers for what stands behind a token."""

    def __init__(self, engine: Engine, pages: Pages) -> None:
        self._engine = engine
        self._pages = pages
        self._templates: dict[_Key, asyncio.Task[Template]] = {}

    async def status(self, token: bytes | None) -> Status:
        """Return what stands behind `token`; raises BusyError when too many ask."""
        return UNKNOWN if token is None else await self._engine.reader.submit(token)

    async def answer(self, page: TokenPage, status: Status, path: str, wished: Sequence[str]) -> Response:
        """Return `page`, filled for this link; `wished` languages are spoken where the signature knows of none."""
        page = _as_it_stands(page, status)
        door = self._engine.doors.find_number(status.campaign) if status.campaign is not None else None
        if door is None:
            page = page if page in _NEEDS_NO_CAMPAIGN else _page_of_nothing(status, path)
            language = of_ours(wished)
        else:
            if page in _SHOWS_TEXT and door.campaign.state == CampaignState.CLOSED:
                page = TokenPage.CLOSED
            language = _language_of(status, door, wished)
        template = await self._template(page, door, language, status.text)
        values = _values(page, status, path, language, door, names=template.names)
        if door is not None and "count" in template.names:
            values |= self._pages.slots(door.campaign.pk, language)
        if door is not None and "receipt" in template.names:
            is_new = page is TokenPage.CONFIRMED
            values["receipt"] = await self._receipt_part(status, path, language, door, is_new=is_new)
        body = template.fill(values)
        code = HTTPStatus.NOT_FOUND if page in {TokenPage.ERASED, TokenPage.UNKNOWN} else HTTPStatus.OK
        return html(body, code, (b"content-language", language.encode()))

    async def receipt(self, status: Status, path: str) -> Response:
        """Return where the receipt is, as a part of a page; 204 while there is none yet, 404 if there never is."""
        door = self._engine.doors.find_number(status.campaign) if status.campaign is not None else None
        if door is None or not is_coming(status):
            return Response(HTTPStatus.NOT_FOUND)
        if not is_published(status, self._pages.size_of_log(door.campaign.pk)):
            return Response(HTTPStatus.NO_CONTENT)
        language = _language_of(status, door, ())
        part = await self._receipt_part(status, path, language, door, is_new=False)
        return html(part.encode(), HTTPStatus.OK, (b"content-language", language.encode()))

    async def _receipt_part(self, status: Status, path: str, language: str, door: Door, *, is_new: bool) -> SafeString:
        """Return what a page says about the receipt: nothing, that it is coming, or where it is."""
        campaign = door.campaign.pk
        if not is_new and not is_coming(status):
            return SafeString()
        values = {"path": path}
        page = TokenPage.RECEIPT_COMING
        if is_published(status, self._pages.size_of_log(campaign)):
            page = TokenPage.RECEIPT if status.is_by_token else TokenPage.RECEIPT_BARE
            numbers = self._pages.slots(campaign, language)
            values |= {"index": shown(status.index or 0, language), "code": _code(status, path)}
            values |= {"count": numbers["count"], "size": shown(self._pages.size_of_log(campaign), language)}
        template = await self._template(page, door, language, None)
        return mark_safe(template.fill(values).decode())  # noqa: S308  a template of ours, its values escaped

    async def _template(self, page: TokenPage, door: Door | None, language: str, text: int | None) -> Template:
        campaign = door.campaign if door else None
        text = text if page in _SHOWS_TEXT else None
        key = (page, campaign.pk if campaign else None, campaign.revision if campaign else 0, language, text)
        task = self._templates.get(key)
        if task is None:
            if len(self._templates) >= _MOST_TEMPLATES:
                self._templates.clear()  # old revisions, mostly
            # The task is kept, not what it makes: a wave that arrives at once waits for one rendering.
            task = asyncio.get_running_loop().create_task(self._rendered(page, campaign, language, text))
            self._templates[key] = task
        try:
            return await asyncio.shield(task)
        except Exception:
            self._templates.pop(key, None)
            raise

    async def _rendered(self, page: TokenPage, campaign: Campaign | None, language: str, text: int | None) -> Template:
        rendered = await self._engine.call(lambda: _render(page, campaign, language, text))
        return Template(rendered.encode())


def page_to_confirm(status: Status) -> TokenPage:
    """Return what GET /c/{token} shows."""
    if status.is_pending:
        return TokenPage.CONFIRM
    return _page_of_state(status.state, alive=TokenPage.ALREADY)


def page_to_manage(status: Status) -> TokenPage:
    """Return what GET /m/{token} shows.

    Before anything is confirmed only "this was not me" and mails of earlier days lead here.
    """
    if status.is_pending:
        return TokenPage.WEAK  # nothing is public yet: there is no name to show or hide
    if status.is_weak and status.state is None:
        return TokenPage.STOP
    return _page_of_state(status.state, alive=TokenPage.WEAK if status.is_weak else TokenPage.MANAGE)


def _as_it_stands(page: TokenPage, status: Status) -> TokenPage:
    """Return the page for a box that was not ticked: the link may be able to do less, or nothing any more."""
    if page is TokenPage.UNTICKED:
        return page if status.is_pending else page_to_confirm(status)
    if page is TokenPage.UNSURE:
        plain = page_to_manage(status)
        return _UNSURE.get(plain, plain)
    if page is TokenPage.WITHDRAWN and status.state is State.STRUCK:
        return TokenPage.STRUCK
    return page


def _page_of_nothing(status: Status, path: str) -> TokenPage:
    """Return what a link shows that leads to no campaign.

    After seven days nothing is kept of what was never confirmed, so an expired link and an invented one
    look alike; but who presses "stop mails" in an old mail has to hear what became of it.
    """
    is_whole = path.startswith("/m/") and from_text(path.rpartition("/")[2]) is not None
    return TokenPage.ERASED if is_whole and status.campaign is None else TokenPage.UNKNOWN


def _page_of_state(state: State | None, *, alive: TokenPage) -> TokenPage:
    if state is None:
        return TokenPage.UNKNOWN
    if state is State.STRUCK:
        return TokenPage.STRUCK
    return TokenPage.WITHDRAWN if state in GONE else alive


def _render(page: TokenPage, campaign: Campaign | None, language: str, text: int | None) -> str:
    signed = AppealText.objects.select_related("version").filter(pk=text).first() if text is not None else None
    return pages.token_page(page, campaign, language, signed)


def _values(
    page: TokenPage, status: Status, path: str, language: str, door: Door | None, *, names: frozenset[str]
) -> dict[str, str]:
    """Return what the slots `names` of a page are filled with."""
    if door is None:
        return {"path": path}
    # Who says "this was not me" may go on to stop all mails: that is the other door's verb.
    own_path = path.replace("/c/", "/m/", 1) if page is TokenPage.DISOWNED else path
    values = {"path": own_path, "campaign_url": f"/{language}/{door.campaign.slug}/"}
    if "manage_path" in names:
        values["manage_path"] = _manage_path(path)
    if not _WORDED.isdisjoint(names):
        with translation.override(spoken(language)):
            values |= _words(status, language)
    return values


def _words(status: Status, language: str) -> dict[str, str]:
    """Return the worded slots, in the language that is active."""
    return {
        "state_line": _state_line(status),
        "name_line": _name_line(status),
        "where_gone": _where_gone(status, language),
        **_why_struck(status),
    }


def _manage_path(path: str) -> str:
    """Return the link that a browser may keep: m's, which manages a signature but does not prove it."""
    token = from_text(path.rpartition("/")[2])
    return path if token is None or path.startswith("/m/") else f"/m/{to_text(manage_token(token))}"


def _language_of(status: Status, door: Door, wished: Sequence[str]) -> str:
    """Return the signature's language; of one that is gone nothing says it any more, so the browser is asked."""
    languages = door.campaign.languages
    if status.language in languages:
        return status.language
    return first_of(wished, languages) or languages[0]


def _code(status: Status, path: str) -> str:
    """Return the receipt code that T in a link gives; with m one has none."""
    token = from_text(path.rpartition("/")[2])
    return receipt_code(token) if token is not None and status.is_by_token else ""


def _where_gone(status: Status, language: str) -> str:
    """Say what the public number and the log make of it that a signature is gone."""
    if status.index is None:
        return _(
            "It had not been counted yet: the public number never held it, and the public log does not know of it."
        )
    index = shown(status.index, language)
    return _(
        "It was entry %(index)s of the public log. A new entry says that it no longer counts, and with the next"
        " checkpoint the public number drops by one. Both entries stay there for good, and neither names you."
    ) % {"index": index}


def _why_struck(status: Status) -> dict[str, str]:
    """Return what a struck person reads of the strike; the reason's language is the one it was written in."""
    if status.strike is None:
        return {"strike_day": "", "strike_reason": _("No reason was kept."), "strike_language": ""}
    return {
        "strike_day": date_format(status.strike.struck_on, "DATE_FORMAT"),
        "strike_reason": status.strike.reason,
        "strike_language": status.strike.language,
    }


def _state_line(status: Status) -> str:
    """Say in one line where a signature stands; held and confirmed read alike."""
    if status.state is State.COUNTED:
        return _("Your signature is counted.")
    if status.state in {State.HELD, State.CONFIRMED}:
        return _("Your signature is confirmed and will be counted.")
    return _("You have not confirmed this signature yet.") if status.is_pending else ""


def _name_line(status: Status) -> str:
    """Say what is chosen now: without it, pressing "show" would look like nothing had happened."""
    return _("Now: your name is shown.") if status.shows_name else _("Now: your name is not shown.")
