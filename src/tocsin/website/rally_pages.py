"""The list of a campaign's rallies, and the page of one rally on one of its dates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import override

from tocsin.campaigns.languages import spoken
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.queries import in_language
from tocsin.rallies import wording
from tocsin.rallies.calendars.links import part_of, subscription
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.queries import shown
from tocsin.rallies.queries.broadcasts import banners_of, next_end, shown_broadcasts
from tocsin.rallies.queries.headcounts import Coverage, Crowd, coverage, crowds_of
from tocsin.rallies.queries.listed import Listed, listed_rallies
from tocsin.rallies.queries.shown import NO_RALLIES, Choices, Cursor, Filters, Totals
from tocsin.rallies.states import Duty
from tocsin.website.clock import clock
from tocsin.website.headcounts import headcounts_of
from tocsin.website.host_pages import takes_rallies
from tocsin.website.poster import Poster, headline_size, poster_of, share_links
from tocsin.website.rally_dates import RallyDate, day_heading, people_between, repeat_words
from tocsin.website.rally_filters import access_words, duty_words, filter_form, query_of
from tocsin.website.rally_folds import fold_of
from tocsin.website.rally_map.page import RalliesPicture, rallies_picture
from tocsin.website.rally_markup import event_of, script_of, series_of
from tocsin.website.rsvp_form import rsvp_form
from tocsin.website.slots import render

PAGE = 120
NEXT = 4
NOBODY_YET = Coverage(over=0, reported=0, low=0, high=0)
_DATES_AT_ONCE = 8


class Page(NamedTuple):
    """A page as text, and when what it says changes by the clock."""

    body: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Hour:
    """The rallies of one country that begin at the same moment."""

    first: RallyDate
    dates: Sequence[RallyDate]


@dataclass(frozen=True, slots=True)
class Day:
    """The rallies of one day, by the clocks of their places; whoever begins first on earth stands first."""

    weekday: str
    day: str
    year: str
    hours: Sequence[Hour]


class Shared(NamedTuple):
    """What share_links.html passes on."""

    url: str
    share_links: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class NextRallies:
    """What the campaign page says of rallies."""

    dates: Sequence[RallyDate]
    totals: Totals
    coverage: Coverage
    picture: RalliesPicture | None
    language: str

    @property
    def people(self) -> str:
        """How many came to all of them, as far as anybody has said: a range, or nothing."""
        known = self.coverage
        return people_between(known.low, known.high, self.language) if known.reported else ""


def rallies_page(
    campaign: Campaign,
    language: str,
    *,
    filters: Filters,
    choices: Choices,
    after: Cursor | None,
    is_over: bool = False,
) -> Page:
    """Return a page of the list, past `after`: dates to come, or with `is_over` those that were held."""
    now = clock()
    poster = poster_of(campaign, language, now=now)
    found = listed_rallies(campaign, now=now, is_over=is_over, filters=filters, after=after, limit=PAGE + 1)
    rows, has_more = found[:PAGE], len(found) > PAGE
    when = {"when": "over"} if is_over else {}
    broadcasts = shown_broadcasts(campaign, now)
    with override(spoken(language)):
        dates = _listed_dates(rows, poster, is_over=is_over)
        context = {
            "days": days_of(dates, language),
            "totals": shown.totals(campaign, now),
            "takes_rallies": takes_rallies(poster),
            "filters": filter_form(campaign, language, filters, choices),
            "is_filtered": bool(filters),
            "banners": banners_of(broadcasts, None, language, campaign),
            "is_over": is_over,
            "is_by_the_sun": len({one.rally.zone for one in dates}) > 1,
            "query": query_of(filters),
            "over_query": query_of(filters, when="over"),
            "here_query": query_of(filters, **when, **({"after": str(after)} if after else {})),
            "first_query": query_of(filters, **when) if after else None,
            "next_query": query_of(filters, **when, after=str(shown.cursor_of(rows[-1].date))) if has_more else "",
            "feed": f"{poster.url}rallies{part_of(filters.country, filters.region)}",
            "markup": script_of(series_of(poster, dates)) if dates and not is_over else "",
        }
    # A series whose date is over goes to where its next one stands, which may be on this page.
    until = min((turn for one in dates if (turn := one.turns_at)), default=None)
    until = _sooner(until, shown.next_turn(campaign, now))
    return Page(_page("rallies", poster, **context), _sooner(until, next_end(broadcasts)))


def _listed_dates(rows: Sequence[Listed], poster: Poster, *, is_over: bool) -> list[RallyDate]:
    """Return a rally's date a row, with how many came if it is over, and how its series goes on."""
    crowds = crowds_of(row.date.pk for row in rows) if is_over else {}
    dates = dates_of((row.date for row in rows), poster, crowds)
    folds = (fold_of(row, poster, is_over=is_over) for row in rows)
    return [replace(date, fold=fold) if fold else date for date, fold in zip(dates, folds, strict=True)]


def rally_page(
    rally: Rally,
    language: str,
    *,
    original_on: date | None = None,
    is_reported: bool = False,
) -> Page | None:
    """Return the page of a rally: on the date that its series gives on `original_on`, or else on its next one.

    None when its series gives none on that day.
    """
    now = clock()
    campaign = rally.campaign
    rows = shown.occurrences_of(rally)
    row = shown.date_to_show(rows, now)
    if original_on is not None:
        row = next((one for one in rows if one.original_on == original_on), None)
    if row is None:
        return None
    poster = poster_of(campaign, language, now=now)
    broadcasts = shown_broadcasts(campaign, now)
    with override(spoken(language)):
        dates = dates_of(rows, poster)
        this = next(one for one in dates if one.occurrence is row)
        context = {
            "rally": rally,
            "occurrence": row,
            "date": this,
            "rsvp": rsvp_form(row, language, now=now),
            "is_shown": shown.is_shown(rally),
            "subpage": this.path.removeprefix(poster.path) if original_on else f"rallies/{rally.slug}/",
            "shared": Shared(f"{poster.base_url}{this.path}", share_links(this.title, f"{poster.base_url}{this.path}")),
            "is_reported": is_reported,
            "banners": banners_of(broadcasts, rally, language, campaign),
            **_words_of(rally, this, poster),
            **_dates_beside(this, dates),
            "headcounts": headcounts_of(row, language, now=now),
            "calendar": subscription(campaign, language, rally=rally),
            "markup": script_of(event_of(this, poster)),
        }
    return Page(_page("rally", poster, **context), _sooner(this.turns_at, next_end(broadcasts)))


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, (one, other)), default=None)


def dates_of(rows: Iterable[Occurrence], poster: Poster, crowds: Mapping[int, Crowd] | None = None) -> list[RallyDate]:
    """Return rows as pages show them; `crowds` are the known ones by date."""
    crowds = crowds or {}
    return [RallyDate(row.rally, row, poster.language, poster.path, poster.now, crowds.get(row.pk)) for row in rows]


def days_of(dates: Sequence[RallyDate], language: str) -> list[Day]:
    """Return dates by day, and within a day by moment and country.

    The days are those of the places, so at a page's end the same day may go on on the next page.
    """
    ordered = sorted(dates, key=_order)
    days = []
    for on, those in groupby(ordered, key=lambda one: one.occurrence.held_on):
        hours = [list(together) for _, together in groupby(those, key=_hour)]
        days.append(Day(*day_heading(on, language), [Hour(together[0], together) for together in hours]))
    return days


def next_rallies(poster: Poster) -> NextRallies | None:
    """Return what the campaign page says of rallies; None for a campaign that has none."""
    campaign, now = poster.campaign, poster.now
    totals = shown.totals(campaign, now)
    if totals == NO_RALLIES:
        return None
    rows = shown.next_occurrences(campaign, now, NEXT)
    main = shown.next_of_main_rally(campaign, now)
    if main is not None and main not in rows:
        rows = [*rows[: NEXT - 1], main]
    return NextRallies(
        dates_of(rows, poster),
        totals,
        coverage(campaign, now) if totals.over else NOBODY_YET,
        rallies_picture(campaign, poster.language, rallies=totals.rallies),
        poster.language,
    )


def _order(one: RallyDate) -> tuple[object, ...]:
    row = one.occurrence
    return row.held_on, row.starts_at, one.country, not one.rally.is_main, one.town, row.pk


def _hour(one: RallyDate) -> tuple[object, ...]:
    return one.occurrence.starts_at, one.offset, one.country


def _words_of(rally: Rally, this: RallyDate, poster: Poster) -> dict[str, object]:
    """Return what is written about a rally, in the language that is active."""
    about, about_language = wording.about_in(rally, poster.language)
    until_language = poster.language if poster.language in rally.until_note else next(iter(rally.until_note), "")
    headline = this.own_title or this.town
    day = rally.day_of_action
    return {
        "headline": headline,
        "headline_size": headline_size(headline),
        "headline_language": this.title_language if this.own_title else "",
        "about": about,
        "about_language": about_language,
        "repeat": repeat_words(rally),
        "until_note": rally.until_note.get(until_language, ""),
        "until_language": until_language,
        "day_of_action": in_language(day.title, poster.language, rally.campaign) if day else "",
        "access": [access_words(one) for one in rally.access],
        "duties": [(duty_words(name, wanted), wanted) for name in Duty.values if (wanted := rally.duties.get(name))],
        "chats": [one for one in rally.chats if _is_web(one.get("url", ""))],
        "online_url": rally.online_url if _is_web(rally.online_url) else "",
        "approved_on": date_format(rally.approved_on, "DATE_FORMAT") if rally.approved_on else "",
        "is_mail_confirmed": shown.is_mail_confirmed(rally),
    }


def _dates_beside(this: RallyDate, dates: Sequence[RallyDate]) -> dict[str, object]:
    """Return the other dates of a series, those to come and those that were, newest first."""
    coming = [one for one in dates if not one.is_over]
    return {
        "coming_dates": coming[:_DATES_AT_ONCE],
        "later_dates": coming[_DATES_AT_ONCE:],
        "past_dates": [one for one in reversed(dates) if one.is_over],
        "next_date": next((one for one in coming if one.stands and one is not this), None) if this.is_over else None,
    }


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))


def _page(template: str, poster: Poster, **more: object) -> str:
    context = {"poster": poster, "language": poster.language, **more}
    return render(f"website/{template}.html", context, language=poster.language)
