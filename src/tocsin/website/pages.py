"""The pages that the lane answers with: each returns a whole page as text, slots still in it.

They read the database, so the lane calls them in a thread and keeps what can be kept.
"""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus

from tocsin.campaigns.models import AppealText, Campaign
from tocsin.website.poster import Poster, poster_of
from tocsin.website.slots import render


class TokenPage(StrEnum):
    """What a link from a mail can lead to."""

    CONFIRM = "confirm"
    UNTICKED = "unticked"
    CONFIRMED = "confirmed"
    HELD = "held"
    ALREADY = "already"
    WITHDRAWN = "withdrawn"
    DISOWNED = "disowned"
    MANAGE = "manage"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


def sign_page(
    campaign: Campaign,
    language: str,
    *,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    notice: str = "",
) -> str:
    """Return the campaign page with its form filled in again, what is wrong beside each field."""
    return _page("campaign", campaign, language, values=dict(values), errors=dict(errors), notice=notice)


def wait_page(campaign: Campaign, language: str, *, held: str, seconds: int) -> str:
    """Return the second step without JavaScript: what was typed, sealed, and a wait of `seconds`."""
    return _page("wait", campaign, language, held=held, seconds=seconds)


def thanks_page(campaign: Campaign, language: str) -> str:
    """Return "check your mail": the same for new, repeated, held and capped."""
    return _page("thanks", campaign, language)


def busy_page(campaign: Campaign, language: str) -> str:
    """Return the 503 that keeps what was typed, in the slot `fields` (hidden inputs)."""
    return _page("busy", campaign, language)


def token_page(kind: str, campaign: Campaign | None, language: str, text: AppealText | None) -> str:
    """Return the page behind a link from a mail, with slots for what only the request knows.

    Slots: `path` (of the link), `name`, `state_line`, `campaign_url`.
    """
    page = TokenPage(kind)
    if campaign is None:
        return render("website/token_unknown.html", {"language": language}, language=language)
    return _page(f"token_{page}", campaign, language, signed=text)


def error_page(status: int, language: str) -> str:
    """Return the page for 404, 410, 429, 500 or 503 (another number gets the 500 one)."""
    known = status if status in ERRORS else HTTPStatus.INTERNAL_SERVER_ERROR
    return render("website/error.html", {"status": int(known), "language": language}, language=language)


ERRORS = frozenset({400, 403, 404, 405, 410, 413, 429, 500, 503})


def _page(template: str, campaign: Campaign, language: str, **more: object) -> str:
    poster: Poster = poster_of(campaign, language)
    return render(f"website/{template}.html", {"poster": poster, "language": language, **more}, language=language)
