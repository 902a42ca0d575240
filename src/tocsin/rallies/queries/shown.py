"""Rallies as the public sees them: one by its address, their dates in order, and how many there are.

Every question here costs a fixed number of queries, however many rallies there are; dates are found in
order by the index over campaign and beginning, and pages go on from a cursor, never from an offset.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from tocsin.campaigns.models import Campaign
from tocsin.rallies.checks import MAX_MINUTES
from tocsin.rallies.models import DayOfAction, Host, Occurrence, Rally
from tocsin.rallies.states import CANCELLED_DAYS, LIVE, SHOWN, Attendance, DateState, State

_FEW = 500
_MOST_MERGES = 5  # one rally into another, and that into a third: further than that is a mistake
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# What runs now began at most so long ago: lets the index over beginnings bound the search for ends.
LONGEST = timedelta(minutes=MAX_MINUTES)


class Cursor(NamedTuple):
    """Where a page of dates begins: after this beginning and this row."""

    starts_at: datetime
    id: int

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """Return the cursor of an address, or None when it is not one."""
        moment, _, number = text.partition(".")
        try:
            cursor = cls(_EPOCH + int(moment, 16) * _MICROSECOND, int(number, 16))
        except (ValueError, OverflowError):
            return None
        return cursor if str(cursor) == text and cursor.starts_at >= _EPOCH and 0 <= cursor.id < 2**63 else None

    def __str__(self) -> str:
        return f"{(self.starts_at - _EPOCH) // _MICROSECOND:x}.{self.id:x}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which rallies of a campaign; what is empty does not filter."""

    country: str = ""  # ISO 3166-1, two capital letters
    region: str = ""  # ISO 3166-2, as in US-CT
    access: frozenset[str] = frozenset()  # some of states.Access: all of them must be there
    attendance: Attendance | None = None  # IN_PERSON and ONLINE both find what is BOTH
    language: str = ""  # a language spoken there
    day_of_action: str = ""  # its key

    def __bool__(self) -> bool:
        return self != NO_FILTERS


NO_FILTERS = Filters()


class Totals(NamedTuple):
    """How many rallies a campaign has that the public sees, leaving out those whose dates are all cancelled."""

    rallies: int
    cities: int
    countries: int
    upcoming: int  # rallies with a date to come; a series may be in both
    over: int  # rallies that were held


NO_RALLIES = Totals(0, 0, 0, 0, 0)


class Choices(NamedTuple):
    """What the public's rallies can be filtered by: only what would find something."""

    countries: tuple[tuple[str, int], ...]  # code, rallies
    regions: tuple[tuple[str, str, int], ...]  # country, code, rallies
    languages: tuple[str, ...]
    access: frozenset[str]
    has_online: bool
    days: tuple[DayOfAction, ...]


def rally_at(campaign: Campaign, slug: str) -> Rally | None:
    """Return the rally whose page is at this address, or None.

    It is live, though it may not have been looked at yet (is_shown); the address of one that was merged answers
    with the rally it was merged into, which then has another slug.
    """
    found = Rally.objects.filter(campaign=campaign, slug=slug).select_related("day_of_action").first()
    for _ in range(_MOST_MERGES):
        if found is None or found.state != State.MERGED or found.merged_into_id is None:
            break
        found = Rally.objects.filter(campaign=campaign, pk=found.merged_into_id).select_related("day_of_action").first()
    if found is None or found.state not in LIVE:
        return None
    found.campaign = campaign
    return found


def is_shown(rally: Rally) -> bool:
    """Say whether a rally is on lists, on the map and in calendars: else it is there by its link alone."""
    return rally.state in SHOWN


def is_mail_confirmed(rally: Rally) -> bool:
    """Say whether its host has pressed the button in the mail; what the team entered has no host of that kind."""
    return Host.objects.filter(rally=rally, confirmed_at__isnull=False).exists()


def occurrence_on(rally: Rally, original_on: date) -> Occurrence | None:
    """Return the date of a rally that its series gives on this day, wherever it was moved to since."""
    found = Occurrence.objects.filter(rally=rally, original_on=original_on).first()
    if found is not None:
        found.rally = rally
    return found


def occurrences_of(rally: Rally) -> list[Occurrence]:
    """Return every date of one rally, cancelled ones too, in the order in which they begin."""
    found = list(Occurrence.objects.filter(rally=rally).order_by("starts_at", "pk"))
    for one in found:
        one.rally = rally
    return found


def date_to_show(dates: Iterable[Occurrence], now: datetime) -> Occurrence | None:
    """Return of a rally's dates the one that its own address shows: the next that stands, else the next, else the last.

    The next is one that is not over: while it runs, it is still the one to go to.
    """
    ordered = list(dates)
    coming = [one for one in ordered if one.ends_at > now]
    standing = [one for one in coming if one.state == DateState.STANDS]
    return next(iter([*standing, *coming]), ordered[-1] if ordered else None)


def is_found(campaign: Campaign, filters: Filters, after: Cursor | None) -> bool:
    """Say whether a page of dates can be asked for so: its cursor is a date that the filters leave, where it stands.

    Whoever makes cursors up would else have as many pages drawn and kept as there are numbers.
    """
    if after is None:
        return True
    return dates_of(campaign, filters).filter(pk=after.id, starts_at=after.starts_at).exists()


def dates_of(campaign: Campaign, filters: Filters) -> QuerySet[Occurrence]:
    """Return the dates of a campaign's public rallies that the filters leave; with filters this asks the database.

    Few rallies are named one by one, so that their dates are found by them and not by reading every date until
    enough fit; among many the next that fits is never far. Those that are `forgotten` are among them.
    """
    dates = Occurrence.objects.filter(campaign=campaign, rally__state__in=SHOWN)
    if not filters:
        return dates
    fitting = _filtered(Rally.objects.filter(campaign=campaign, state__in=SHOWN), filters)
    few = list(fitting.values_list("pk", flat=True)[: _FEW + 1])
    return Occurrence.objects.filter(rally__in=few) if len(few) <= _FEW else dates.filter(rally__in=fitting)


def forgotten(now: datetime) -> Q:
    """Return which dates nobody is told of any more: those that were cancelled a month ago."""
    return Q(state=DateState.CANCELLED, changed_at__lt=now - timedelta(days=CANCELLED_DAYS))


def next_occurrences(campaign: Campaign, now: datetime, limit: int) -> list[Occurrence]:
    """Return the next dates that stand, one a rally, the main rally's first among those of the same hour."""
    rows = Occurrence.objects.filter(
        campaign=campaign,
        rally__state__in=SHOWN,
        state=DateState.STANDS,
        ends_at__gt=now,
        starts_at__gt=now - LONGEST,
    )
    earlier = Occurrence.objects.filter(
        rally=OuterRef("rally"),
        state=DateState.STANDS,
        ends_at__gt=now,
        starts_at__gt=now - LONGEST,
        starts_at__lt=OuterRef("starts_at"),
    )
    rows = rows.filter(~Exists(earlier)).select_related("rally__day_of_action")
    return _with_campaign(rows.order_by("starts_at", "-rally__is_main", "pk")[:limit], campaign)


def next_of_main_rally(campaign: Campaign, now: datetime) -> Occurrence | None:
    """Return the next date of the main rally that stands, or None."""
    # By their numbers, of which there are one or two: joined, a database may look through every date instead.
    main = list(Rally.objects.filter(campaign=campaign, is_main=True, state__in=SHOWN).values_list("pk", flat=True))
    rows = Occurrence.objects.filter(rally__in=main, state=DateState.STANDS, ends_at__gt=now)
    found = _with_campaign(rows.select_related("rally__day_of_action").order_by("starts_at", "pk")[:1], campaign)
    return next(iter(found), None)


def next_turn(campaign: Campaign, now: datetime) -> datetime | None:
    """Return when the next of the public's rallies begins, or ends if one runs: what is next may change then."""
    turns = (turn for one in next_occurrences(campaign, now, 1) for turn in (one.starts_at, one.ends_at) if turn > now)
    return min(turns, default=None)


def totals(campaign: Campaign, now: datetime) -> Totals:
    """Return the campaign's totals. A rally whose dates are all cancelled is none; a town counts once a region."""
    dates = Occurrence.objects.filter(rally=OuterRef("pk"))
    held = Exists(dates.filter(state=DateState.STANDS, starts_at__lt=now, ends_at__lte=now))
    coming = Exists(dates.exclude(state=DateState.CANCELLED).filter(starts_at__gt=now - LONGEST, ends_at__gt=now))
    postponed = Exists(dates.filter(state=DateState.POSTPONED))
    town = Concat("country", Value("/"), "region", Value("/"), "city")
    rallies = Rally.objects.filter(campaign=campaign, state__in=SHOWN).annotate(is_held=held, is_coming=coming)
    found = rallies.filter(Q(is_held=True) | Q(is_coming=True) | postponed).aggregate(
        rallies=Count("pk"),
        cities=Count(town, distinct=True, filter=~Q(city="")),
        countries=Count("country", distinct=True, filter=~Q(country="")),
        upcoming=Count("pk", filter=Q(is_coming=True)),
        over=Count("pk", filter=Q(is_held=True)),
    )
    return Totals(**found)


def choices(campaign: Campaign) -> Choices:
    """Return what the list of rallies can be filtered by."""
    rallies = Rally.objects.filter(campaign=campaign, state__in=SHOWN).order_by()
    places = rallies.exclude(country="").values_list("country", "region").annotate(Count("pk"))
    countries: dict[str, int] = {}
    regions: list[tuple[str, str, int]] = []
    for country, region, number in places:
        countries[country] = countries.get(country, 0) + number
        if region:
            regions.append((country, region, number))
    kinds = rallies.values_list("languages", "access", "attendance").distinct()
    spoken: set[str] = set()
    access: set[str] = set()
    attendances: set[int] = set()
    for languages, offered, attendance in kinds:
        spoken.update(languages)
        access.update(offered)
        attendances.add(attendance)
    days = DayOfAction.objects.filter(
        Exists(Rally.objects.filter(day_of_action=OuterRef("pk"), state__in=SHOWN)), campaign=campaign
    )
    return Choices(
        countries=tuple(sorted(countries.items())),
        regions=tuple(sorted(regions)),
        languages=tuple(sorted(spoken)),
        access=frozenset(access),
        has_online=bool(attendances - {Attendance.IN_PERSON}),
        days=tuple(days.order_by("held_on", "pk")),
    )


def has_region(campaign: Campaign, region: str) -> bool:
    """Say whether one of the public's rallies is in a region (ISO 3166-2)."""
    return Rally.objects.filter(campaign=campaign, state__in=SHOWN, region=region).exists()


def cursor_of(occurrence: Occurrence) -> Cursor:
    """Return the cursor that begins after `occurrence`."""
    return Cursor(occurrence.starts_at, occurrence.pk)


def _filtered(rallies: QuerySet[Rally], filters: Filters) -> QuerySet[Rally]:
    if filters.country:
        rallies = rallies.filter(country=filters.country)
    if filters.region:
        rallies = rallies.filter(region=filters.region)
    if filters.attendance is not None:
        rallies = rallies.filter(attendance__in={filters.attendance, Attendance.BOTH})
    if filters.day_of_action:
        rallies = rallies.filter(day_of_action__key=filters.day_of_action)
    for column, wanted in (("access", filters.access), ("languages", {filters.language} - {""})):
        for one in sorted(wanted):
            rallies = _listing(rallies, column, one)
    return rallies


def _listing(rallies: QuerySet[Rally], column: str, one: str) -> QuerySet[Rally]:
    """Return the rallies whose list in `column` names `one`: read as text, since SQLite has no `contains` for lists."""
    return rallies.alias(**{f"{column}_as_text": Cast(column, TextField())}).filter(
        **{f"{column}_as_text__contains": f'"{one}"'}
    )


def _with_campaign(rows: QuerySet[Occurrence], campaign: Campaign) -> list[Occurrence]:
    found = list(rows)
    for one in found:
        one.rally.campaign = campaign
    return found
