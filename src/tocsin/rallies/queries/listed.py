"""The public's list of rallies: each once, on the date to go to, with what there is besides.

A page costs the same few queries however many rallies there are. A rally has one row: so a cursor over
beginnings leaves none out and shows none twice, and a list of weekly rallies says as many as there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import DayOfAction, Occurrence
from tocsin.rallies.queries.shown import LONGEST, NO_FILTERS, Cursor, Filters, dates_of, forgotten
from tocsin.rallies.states import DateState

_MOST_OFF = 3  # named beside the one that takes place; its own page names them all


@dataclass(frozen=True, slots=True)
class Listed:
    """A rally on the one date of it that a list shows."""

    date: Occurrence
    others: int = 0  # dates of it besides, on this list's side of now, that stand
    off: tuple[Occurrence, ...] = ()  # the first of those before it that are cancelled or postponed, soonest first


def listed_rallies(
    campaign: Campaign,
    *,
    now: datetime,
    is_over: bool = False,
    filters: Filters = NO_FILTERS,
    after: Cursor | None = None,
    limit: int | None = None,
) -> list[Listed]:
    """Return the public's rallies once each, in the order in which the shown dates begin, all the world over.

    The date is the next that stands, or else the next; with `is_over` the last that was held, or else the last.
    Filtered by a day of action it is the date on that day, if there is one. A cancelled date is there for a
    month after it was cancelled.
    """
    rows = dates_of(campaign, filters).filter(_side(now, is_over=is_over)).exclude(forgotten(now))
    if after is not None:
        later = Q(starts_at__gt=after.starts_at) | Q(starts_at=after.starts_at, pk__gt=after.id)
        rows = rows.filter(later, starts_at__gte=after.starts_at)
    rows = rows.filter(pk=_choice(campaign, filters, now=now, is_over=is_over))
    found = list(rows.select_related("rally__day_of_action").order_by("starts_at", "pk")[:limit])
    for one in found:
        one.rally.campaign = campaign
    return _with_others(found, now=now, is_over=is_over)


def _side(now: datetime, *, is_over: bool) -> Q:
    """Return which dates are on this side of now; what runs is on both, bounded as the index can use it."""
    return Q(starts_at__lt=now) if is_over else Q(ends_at__gt=now, starts_at__gt=now - LONGEST)


def _choice(campaign: Campaign, filters: Filters, *, now: datetime, is_over: bool) -> Coalesce:
    """Return the question which date of a row's rally is the one: each part stops at the first row of its index."""
    from_first = ("-starts_at", "-pk") if is_over else ("starts_at", "pk")
    of_rally = Occurrence.objects.filter(_side(now, is_over=is_over), rally=OuterRef("rally"))
    dates = of_rally.exclude(forgotten(now)).order_by(*from_first)
    wishes: list[QuerySet[Occurrence]] = []
    if filters.day_of_action:
        day = DayOfAction.objects.filter(campaign=campaign, key=filters.day_of_action).values("held_on")[:1]
        on_day = dates.filter(Q(held_on=Subquery(day)) | Q(original_on=Subquery(day)))
        wishes += [on_day.filter(state=DateState.STANDS), on_day]
    wishes += [dates.filter(state=DateState.STANDS), dates]
    return Coalesce(*(Subquery(one.values("pk")[:1]) for one in wishes))


def _with_others(found: Sequence[Occurrence], *, now: datetime, is_over: bool) -> list[Listed]:
    """Return the dates with what else their series have; one query for how many, one for those that are off."""
    series = {one.rally_id: one for one in found if one.rally.repeat}
    if not series:
        return [Listed(one) for one in found]
    dates = Occurrence.objects.filter(_side(now, is_over=is_over), rally__in=series).exclude(forgotten(now))
    standing = dates.filter(state=DateState.STANDS).values_list("rally").annotate(Count("pk"))
    numbers = dict(standing.order_by())
    off = _by_rally([] if is_over else dates.exclude(state=DateState.STANDS).order_by("starts_at", "pk"), series)
    return [
        Listed(
            one,
            others=max(0, numbers.get(one.rally_id, 0) - (one.state == DateState.STANDS)),
            off=tuple(off.get(one.rally_id, ())[:_MOST_OFF]),
        )
        for one in found
    ]


def _by_rally(dates: Iterable[Occurrence], series: dict[int, Occurrence]) -> dict[int, list[Occurrence]]:
    """Return those that begin before the shown date of their series, by rally."""
    by_rally: dict[int, list[Occurrence]] = defaultdict(list)
    for one in dates:
        shown = series[one.rally_id]
        if one.starts_at < shown.starts_at:
            one.rally = shown.rally
            by_rally[one.rally_id].append(one)
    return by_rally
