"""Rallies as their campaign's team sees them: what waits for a decision, all of them, and whom the team trusts."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Cast

from tocsin.campaigns.models import Campaign
from tocsin.campaigns.slugs import slug_from
from tocsin.rallies.models import Headcount, Host, Occurrence, Rally, TrustedHost
from tocsin.rallies.states import LIVE, HostPart, ReportState, State

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# What nobody has confirmed is nobody's business yet.
_SEEN = tuple(state for state in State if state != State.ASKED)
_WAITS = Q(state=State.ANNOUNCED) | Q(state=State.APPROVED, has_big_change=True) | Q(state__in=LIVE, reports__gt=0)


class Place(NamedTuple):
    """Where a page of the queue begins: after this moment of announcing and this row."""

    announced_at: datetime
    id: int

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """Return the place that an address names, or None when it is not one."""
        moment, _, number = text.partition(".")
        try:
            place = cls(_EPOCH + int(moment, 16) * _MICROSECOND, int(number, 16))
        except (ValueError, OverflowError):
            return None
        return place if str(place) == text and place.announced_at >= _EPOCH and 0 <= place.id < 2**63 else None

    def __str__(self) -> str:
        return f"{(self.announced_at - _EPOCH) // _MICROSECOND:x}.{self.id:x}"


def waiting_rallies(campaign: int, *, now: datetime, after: Place | None = None, limit: int) -> list[Rally]:
    """Return the rallies that wait for a look, in the order of announcing.

    Those that nobody has approved yet, those that their host changed since, and those reported.
    """
    rows = _of(campaign).filter(_WAITS)
    if after is not None:
        later = Q(announced_at__gt=after.announced_at) | Q(announced_at=after.announced_at, pk__gt=after.id)
        rows = rows.filter(later)
    return list(_with_next_date(rows, now).order_by("announced_at", "pk")[:limit])


def waiting_count(campaign: int) -> int:
    """Return how many rallies wait for a look."""
    return Rally.objects.filter(_WAITS, campaign=campaign).count()


def found_rallies(
    campaign: int, *, now: datetime, words: str = "", state: State | None = None, after: int | None = None, limit: int
) -> list[Rally]:
    """Return rallies by town, title, place or group, in one state or in any, newest first, behind the row `after`."""
    rows = _of(campaign)
    if state is not None:
        rows = rows.filter(state=state)
    for word in words.split():
        rows = rows.alias(title_text=Cast("title", TextField())).filter(_names(word))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return list(_with_next_date(rows, now).order_by("-pk")[:limit])


def count_by_state(campaign: int) -> dict[State, int]:
    """Return how many rallies there are of each state that has any; what nobody has confirmed is left out."""
    rows = (
        Rally.objects.filter(campaign=campaign, state__in=_SEEN).order_by().values_list("state").annotate(Count("pk"))
    )
    return {State(state): number for state, number in rows}


def rally_numbered(campaign: Campaign, number: int, *, now: datetime) -> Rally | None:
    """Return one rally of a campaign for its team, or None."""
    found = _with_next_date(_of(campaign.pk), now).filter(pk=number).select_related("merged_into").first()
    if found is not None:
        found.campaign = campaign
    return found


def next_dates(rallies: Iterable[Rally]) -> dict[int, Occurrence]:
    """Return the next date of each rally that these questions returned, or its last one, by the rally's number."""
    numbers = {rally.pk: getattr(rally, "next_date", None) or getattr(rally, "last_date", None) for rally in rallies}
    rows = Occurrence.objects.in_bulk([number for number in numbers.values() if number is not None])
    return {rally: rows[number] for rally, number in numbers.items() if number in rows}


def trusted_among(campaign: int, rallies: Sequence[int]) -> set[int]:
    """Return those of `rallies` (numbers) that somebody holds whom the team trusts."""
    trusted = TrustedHost.objects.filter(campaign=campaign, tag=OuterRef("tag"))
    hosts = Host.objects.filter(Exists(trusted), rally__in=rallies, part=HostPart.HOST, confirmed_at__isnull=False)
    return set(hosts.values_list("rally", flat=True))


def hosted_among(rallies: Sequence[int]) -> set[int]:
    """Return those of `rallies` (numbers) that have a host who has confirmed: the team's own have none."""
    hosts = Host.objects.filter(rally__in=rallies, part=HostPart.HOST, confirmed_at__isnull=False)
    return set(hosts.values_list("rally", flat=True))


def headcounts_of(rally: Rally) -> list[Headcount]:
    """Return what was said about how many came to a rally, newest first, those that wait for a look on top."""
    rows = Headcount.objects.filter(occurrence__rally=rally).select_related("occurrence")
    return sorted(rows.order_by("-pk"), key=lambda one: one.state != ReportState.WAITING)


def headcount_numbered(campaign: Campaign, number: str) -> Headcount | None:
    """Return one report of a campaign by its number, as an address has it, with its date and rally; or None."""
    if not (number.isascii() and number.isdigit() and len(number) < 19):  # noqa: PLR2004  what a row's number can have
        return None
    rows = Headcount.objects.filter(pk=int(number), occurrence__campaign=campaign)
    return rows.select_related("occurrence__rally").first()


def _of(campaign: int) -> QuerySet[Rally]:
    return Rally.objects.filter(campaign=campaign, state__in=_SEEN).select_related("day_of_action")


def _with_next_date(rows: QuerySet[Rally], now: datetime) -> QuerySet[Rally]:
    # A date in a subquery each: a weekly rally has dozens, and one of them is shown.
    dates = Occurrence.objects.filter(rally=OuterRef("pk"))
    coming = dates.filter(ends_at__gt=now).order_by("starts_at").values("pk")[:1]
    return rows.annotate(next_date=Subquery(coming), last_date=Subquery(dates.order_by("-starts_at").values("pk")[:1]))


def _names(word: str) -> Q:
    """Return the question whether a rally's names hold a word; SQLite stores a title's letters escaped."""
    escaped = json.dumps(word)[1:-1]
    plain = Q(city__icontains=word) | Q(place__icontains=word) | Q(held_by__icontains=word)
    titled = Q(title_text__icontains=word) | Q(title_text__icontains=escaped)
    slug = slug_from(word)
    return plain | titled | (Q(slug__icontains=slug) if slug else Q())
