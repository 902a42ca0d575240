"""The pages around coming to a rally: the form given back, and "look in your mail"."""

from collections.abc import Mapping
from http import HTTPStatus

from django.utils.translation import override

from tocsin.campaigns.languages import spoken
from tocsin.rallies.models import Occurrence
from tocsin.website.clock import clock
from tocsin.website.pages import error_page
from tocsin.website.poster import poster_of
from tocsin.website.rally_dates import RallyDate
from tocsin.website.rsvp_form import rsvp_form
from tocsin.website.slots import render


def rsvp_page(
    occurrence: Occurrence | None,
    language: str,
    *,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    notice: str = "",
) -> str:
    """Return the form of a date, whose rally and campaign are loaded, with what was typed and what to mend.

    Where the date takes nobody any more it says so; of one that is gone there is nothing to say.
    """
    if occurrence is None:
        return error_page(HTTPStatus.NOT_FOUND, language)
    now = clock()
    with override(spoken(language)):
        form = rsvp_form(occurrence, language, now=now, values=values, errors=errors, notice=notice)
    return _page("rsvp", occurrence, language, rsvp=form, notice=notice)


def coming_thanks_page(occurrence: Occurrence, language: str) -> str:
    """Return "look in your mail": the same whoever asked, and whatever became of it."""
    return _page("rsvp_thanks", occurrence, language)


def _page(template: str, occurrence: Occurrence, language: str, **more: object) -> str:
    now = clock()
    rally = occurrence.rally
    poster = poster_of(rally.campaign, language, now=now)
    date = RallyDate(rally, occurrence, language, poster.path, now)
    context = {"poster": poster, "language": language, "date": date, **more}
    return render(f"website/{template}.html", context, language=language)
