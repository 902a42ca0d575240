"""The pages around saying how many came to a date: the form, and thanks."""

from collections.abc import Mapping
from http import HTTPStatus

from django.utils.translation import gettext as _
from django.utils.translation import override

from tocsin.campaigns.languages import spoken
from tocsin.rallies.domain.headcounts import takes_headcounts
from tocsin.rallies.models import Occurrence
from tocsin.website.clock import clock
from tocsin.website.headcounts import count_form
from tocsin.website.pages import error_page
from tocsin.website.poster import poster_of
from tocsin.website.rally_dates import RallyDate
from tocsin.website.slots import render

_NOTHING: Mapping[str, str] = {}


def count_page(
    occurrence: Occurrence | None,
    language: str,
    *,
    values: Mapping[str, str] = _NOTHING,
    errors: Mapping[str, str] = _NOTHING,
    notice: str = "",
) -> str:
    """Return the form about a date, whose rally and campaign are loaded, filled in with what was typed.

    Where it is too early or too late it says so; of a date that is gone there is nothing to say.
    """
    if occurrence is None:
        return error_page(HTTPStatus.NOT_FOUND, language)
    now = clock()
    with override(spoken(language)):
        if takes_headcounts(occurrence.rally, occurrence, now):
            form = count_form(occurrence, language, values=values, errors=errors, notice=notice)
            return _page("headcount", occurrence, language, form=form)
        words = (
            _("It has not begun yet: come back once there is something to count.")
            if occurrence.starts_at > now
            else _("This does not take headcounts any more. Write to the campaign if you know how many came.")
        )
    return _page("headcount", occurrence, language, closed=words)


def count_thanks_page(occurrence: Occurrence, language: str) -> str:
    """Return the thanks, the same whatever was sent."""
    return _page("headcount_thanks", occurrence, language, is_thanks=True)


def _page(template: str, occurrence: Occurrence, language: str, **more: object) -> str:
    now = clock()
    rally = occurrence.rally
    poster = poster_of(rally.campaign, language, now=now)
    below = f"rallies/{rally.slug}/{occurrence.original_on.isoformat()}/count/"
    context = {
        "poster": poster,
        "language": language,
        "date": RallyDate(rally, occurrence, language, poster.path, now),
        "subpage": f"{below}thanks/" if more.get("is_thanks") else below,
        **more,
    }
    return render(f"website/{template}.html", context, language=language)
