"""The pages behind the link of somebody who comes: confirm, and then all that they can do with it."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from tocsin.campaigns.languages import spoken
from tocsin.rallies.domain.rsvp import takes_rsvps
from tocsin.rallies.emails.coming import link_of
from tocsin.rallies.queries.coming import OwnRsvp, people_before
from tocsin.rallies.states import RsvpState
from tocsin.website.clock import clock
from tocsin.website.poster import poster_of
from tocsin.website.rally_dates import RallyDate
from tocsin.website.rsvp_form import RsvpForm, duties_of, fields_of, shown_of
from tocsin.website.slots import render


class Said(NamedTuple):
    """What a page says about what was just pressed: a sentence, or what to mend in the form."""

    notice: str = ""
    values: Mapping[str, str] | None = None
    errors: Mapping[str, str] | None = None


class Page(NamedTuple):
    """A page and its status."""

    body: str
    status: HTTPStatus = HTTPStatus.OK


def own_rsvp_page(own: OwnRsvp | None, *, path: str, wished: Sequence[str], said: Said | None = None) -> Page:
    """Return the page behind a link, whose path is `path`.

    It is in the language of the RSVP; where that is erased, in one of `wished` that the campaign speaks.
    """
    if own is None:
        language = _first_of(wished, [code for code, _name in settings.LANGUAGES]) or settings.LANGUAGE_CODE
        body = render("website/own_rsvp/unknown.html", {"language": language}, language=language)
        return Page(body, HTTPStatus.NOT_FOUND)
    now = clock()
    language = language_of(own, wished)
    occurrence, rally = own.occurrence, own.occurrence.rally
    poster = poster_of(rally.campaign, language, now=now)
    is_taking = takes_rsvps(rally, occurrence, now)
    said = said or Said()
    with override(spoken(language)):
        context = {
            "poster": poster,
            "language": language,
            "date": RallyDate(rally, occurrence, language, poster.path, now),
            "own": own,
            "path": path,
            "is_taking": is_taking,
            "is_waiting": own.state is RsvpState.WAITING,
            "before": people_before(own.row) if own.state is RsvpState.WAITING else 0,
            "said": said,
            "form": _form(own, path, said) if is_taking and own.reader else None,
            "feed": _feed(own),
        }
    return Page(render(f"website/own_rsvp/{_template(own, is_taking=is_taking)}.html", context, language=language))


def language_of(own: OwnRsvp, wished: Sequence[str]) -> str:
    """Return the language to speak with whoever opens a link."""
    languages: list[str] = own.occurrence.rally.campaign.languages
    if own.reader is not None and own.reader.language in languages:
        return own.reader.language
    return _first_of(wished, languages) or languages[0]


def no_room() -> str:
    """Return why so many cannot be brought, in the language that is active."""
    return _("There are not so many places left. All else that you changed is saved.")


def _template(own: OwnRsvp, *, is_taking: bool) -> str:
    if own.state is RsvpState.GONE or own.reader is None:
        return "gone"
    if own.state is RsvpState.ASKED:
        return "confirm" if is_taking else "over"
    return "own"


def _form(own: OwnRsvp, path: str, said: Said) -> RsvpForm:
    reader = own.reader
    stored = {"guests": str(own.row.guests), "duty": own.row.duty, "needs": reader.needs if reader else ""}
    fields = fields_of(said.values or stored, said.errors or {})
    return RsvpForm(
        occurrence=own.occurrence,
        action=f"{path}/change",
        shown=shown_of(own.occurrence),
        **fields,
        duties=duties_of(own.occurrence, fields["duty"].value),
        suggestion="",
        notice="",
    )


def _feed(own: OwnRsvp) -> dict[str, str]:
    """Return the address of the calendar that follows this RSVP, to press and to copy."""
    if own.reader is None:
        return {}
    address = f"{link_of(own.reader)}/going.ics"
    parts = urlsplit(address)
    return {"webcal": f"webcal://{parts.netloc}{parts.path}", "address": address}


def _first_of(wished: Sequence[str], offered: Sequence[str]) -> str | None:
    return next((known for code in wished for known in (code, code.partition("-")[0]) if known in offered), None)
