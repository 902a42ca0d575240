"""The public pages of hosts: the form that announces a rally, and a lost link."""

from collections.abc import Mapping

from django.utils.translation import override

from tocsin.campaigns.languages import spoken
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.queries import in_language
from tocsin.rallies.models import DayOfAction
from tocsin.rallies.queries.broadcasts import is_resolved
from tocsin.rallies.queries.hosting import days_to_come
from tocsin.website.clock import clock
from tocsin.website.form import Field
from tocsin.website.host_form import first_values, host_form
from tocsin.website.poster import Poster, poster_of
from tocsin.website.slots import render


def host_page(
    campaign: Campaign,
    language: str,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    notice: str = "",
) -> str:
    """Return the form that announces a rally; without `values`, with the next day of action filled in."""
    now = clock()
    poster, days = poster_of(campaign, language, now=now), days_to_come(campaign, now)
    day = days[0] if days else None
    if not takes_rallies(poster):
        return _page("host", poster, form=None)
    with override(spoken(language)):
        typed = first_values(poster, day) if values is None else values
        form = host_form(poster, values=typed, errors=errors or {}, notice=notice, day=day)
    return _page("host", poster, form=form, day=day, day_title=title_of_day(day, poster))


def takes_rallies(poster: Poster) -> bool:
    """Say whether people may announce rallies: not once the campaign is over, or has reached its goal."""
    return not poster.is_closed and not is_resolved(poster.campaign)


def title_of_day(day: DayOfAction | None, poster: Poster) -> str:
    """Return what a day of action is called, or ""."""
    return in_language(day.title, poster.language, poster.campaign) if day is not None and day.title else ""


def thanks_page(campaign: Campaign, language: str, *, is_lost: bool) -> str:
    """Return "look in your mail": the same whoever announced, or asked for a link."""
    return _page("host_thanks", poster_of(campaign, language, now=clock()), is_lost=is_lost)


def lost_page(
    campaign: Campaign,
    language: str,
    *,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    notice: str = "",
) -> str:
    """Return the form that asks for a host's link again."""
    error = (errors or {}).get("email", "")
    field = Field(name="email", id="email", value=(values or {}).get("email", ""), error=error, is_required=True)
    return _page("host_lost", poster_of(campaign, language, now=clock()), field=field, notice=notice)


def _page(template: str, poster: Poster, **more: object) -> str:
    context = {"poster": poster, "language": poster.language, **more}
    return render(f"website/{template}.html", context, language=poster.language)
