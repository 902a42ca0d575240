"""The rows that calendars are made of: the same few queries for one rally and for 10,000."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import DayOfAction, Occurrence, Rally
from tocsin.rallies.states import CANCELLED_DAYS, SHOWN, DateState, State

# What a calendar does not tell.
_NOT_TOLD = (
    "access", "capacity", "chats", "crowd", "duties", "languages", "note", "sealed_place", "source"
)  # fmt: skip


class Dated(NamedTuple):
    """A rally with the rows that its calendar needs."""

    rally: Rally
    occurrences: list[Occurrence]


def dated_rallies(campaign: Campaign, *, now: datetime, country: str = "") -> list[Dated]:
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
    found = list(rallies.defer(*_NOT_TOLD).order_by("first_on", "wall_time", "pk"))
    # A few days of action, shared: joined, each rally of ten thousand would bring an instance of its own.
    days = DayOfAction.objects.in_bulk({rally.day_of_action_id for rally in found if rally.day_of_action_id})
    for rally in found:
        if rally.day_of_action_id is not None:
            rally.day_of_action = days[rally.day_of_action_id]
    return _dated(found, rows, campaign)


def dated_rally(rally: Rally) -> Dated:
    """Return one rally, whoever may see it, with its rows."""
    [found] = _dated([rally], Occurrence.objects.filter(rally=rally), rally.campaign)
    return found


def _dated(rallies: Sequence[Rally], rows: QuerySet[Occurrence], campaign: Campaign) -> list[Dated]:
    by_rally: dict[int, list[Occurrence]] = defaultdict(list)
    for one in rows.filter(_NEEDED).order_by("original_on"):
        by_rally[one.rally_id].append(one)
    for rally in rallies:
        rally.campaign = campaign
    return [Dated(rally, by_rally[rally.pk]) for rally in rallies]


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
