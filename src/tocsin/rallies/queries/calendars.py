"""The rows that calendars are made of: the same few queries for one rally and for 10,000."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple, cast

import orjson
from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import DayOfAction, Occurrence, Rally
from tocsin.rallies.states import CANCELLED_DAYS, SHOWN, DateState, State


class RallyRow(NamedTuple):
    """A rally with the columns that its calendar needs, named as the model's: an instance takes ten times as long."""

    pk: int
    slug: str
    uid: str
    state: int
    title: dict[str, str]
    about: dict[str, str]
    until_note: dict[str, str]
    skipped: list[str]
    held_by: str
    first_on: date
    wall_time: time
    minutes: int
    zone: str
    repeat: str
    attendance: int
    online_url: str
    place: str
    address: str
    is_address_private: bool
    city: str
    region: str
    country: str
    latitude: float | None
    longitude: float | None
    announced_at: datetime
    changed_at: datetime
    sequence: int
    campaign_id: int
    day_of_action_id: int | None
    day_of_action: DayOfAction | None
    campaign: Campaign


class DateRow(NamedTuple):
    """One date of a rally, likewise."""

    pk: int
    rally_id: int
    original_on: date
    held_on: date
    wall_time: time
    minutes: int
    starts_at: datetime
    ends_at: datetime
    state: int
    place: str
    address: str
    latitude: float | None
    longitude: float | None
    note: str
    changed_at: datetime


_TEXTS: Final = ("title", "about", "until_note", "skipped")  # read as text: most are empty, and need no reader
_SHARED: Final = {"day_of_action", "campaign"}  # one instance for all, instead of one a rally
_EMPTY: Final[dict[str, Any]] = {"{}": {}, "[]": []}


class Dated(NamedTuple):
    """A rally with the rows that its calendar needs."""

    rally: Rally
    occurrences: list[Occurrence]


def dated_rallies(campaign: Campaign, *, now: datetime, country: str = "", region: str = "") -> list[Dated]:
    """Return the rallies that the public sees and that are not over for a month, in the order of their first dates.

    A date that was cancelled stays as long: a calendar that just drops it leaves a stale copy with those
    who have it.
    """
    since = now - timedelta(days=CANCELLED_DAYS)
    goes_on = Occurrence.objects.filter(rally=OuterRef("pk"), ends_at__gt=since)
    rallies = Rally.objects.filter(Exists(goes_on), campaign=campaign, state__in=SHOWN)
    rows = Occurrence.objects.filter(campaign=campaign, rally__state__in=SHOWN)
    if country:
        rallies, rows = rallies.filter(country=country), rows.filter(rally__country=country)
    if region:
        rallies, rows = rallies.filter(region=region), rows.filter(rally__region=region)
    by_rally: dict[int, list[Occurrence]] = defaultdict(list)
    for row in rows.filter(_NEEDED).order_by("original_on").values_list(*DateRow._fields):
        # The functions that write calendars ask a date for columns alone, of which this one has all they ask for.
        by_rally[row[1]].append(cast("Occurrence", DateRow._make(row)))
    return [Dated(rally, by_rally[rally.pk]) for rally in _rallies(rallies, campaign)]


def dated_rally(rally: Rally) -> Dated:
    """Return one rally, whoever may see it, with its rows."""
    return Dated(rally, list(Occurrence.objects.filter(_NEEDED, rally=rally).order_by("original_on")))


def _rallies(rallies: QuerySet[Rally], campaign: Campaign) -> Iterator[Rally]:
    texts = {f"{name}_text": Cast(name, TextField()) for name in _TEXTS}
    names = [name for name in RallyRow._fields if name not in _SHARED]
    columns = [f"{name}_text" if name in _TEXTS else name for name in names]
    first, last = names.index(_TEXTS[0]), names.index(_TEXTS[-1]) + 1
    ordered = rallies.annotate(**texts).order_by("first_on", "wall_time", "pk")
    found = list(ordered.values_list(*columns))
    days = DayOfAction.objects.in_bulk({row[-1] for row in found if row[-1] is not None})
    for row in found:
        read = (_EMPTY[text] if text in _EMPTY else orjson.loads(text) for text in row[first:last])
        whole = (*row[:first], *read, *row[last:], days.get(row[-1]), campaign)
        yield cast("Rally", RallyRow._make(whole))


# As recurrence.has_all_rows and recurrence.is_its_own say it of one: most dates of a series are as its
# rule has them, and are not even read.
_NEEDED = (
    Q(rally__repeat="")
    | Q(rally__sequence__gt=0)
    | Q(rally__state=State.ENDED)
    | ~Q(state=DateState.STANDS)
    | ~Q(held_on=F("original_on"))
    | ~Q(wall_time=F("rally__wall_time"))
    | ~Q(minutes=F("rally__minutes"))
    | ~Q(place="", address="", note="")
)
