"""Merge: two announced the same rally, and one page of the two stays."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, Sum

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.kit.addresses import parse
from tocsin.outbox import domain as outbox
from tocsin.outbox.sealing import LetterRow
from tocsin.rallies import keys
from tocsin.rallies.domain.decide_headcounts import hide_photos
from tocsin.rallies.domain.moving import move
from tocsin.rallies.domain.promote import promote_waiting
from tocsin.rallies.emails.desk import MERGED, MERGED_COMING, Reader, letter_to, letters_to_hosts, reader_of
from tocsin.rallies.models import Occurrence, Rally, Rsvp
from tocsin.rallies.states import LIVE, DateState, RsvpState, State
from tocsin.seal.box import BoxBrokenError

_BATCH = 500
_KEPT = (RsvpState.ASKED, RsvpState.COMING, RsvpState.WAITING)
_HERE = (RsvpState.COMING, RsvpState.WAITING)
_INTO = tuple(state for state in LIVE if state != State.ENDED)


class Merged(NamedTuple):
    """What came of merging."""

    into: Rally
    carried: int  # RSVPs that are to the same date of the other rally now
    left: int  # RSVPs to dates that the other rally does not have, or that no key opens any more


def merge(*, campaign: Campaign, rally: int, into: int, now: datetime) -> Merged | None:
    """Make one rally of two: the address of `rally` leads to `into` from now on, and its hosts are told.

    Who comes to a date of the one comes to the same date of the other, under that one's key, and is told.
    None when one of the two is not there any more, or they are one.
    """
    if rally == into:
        return None
    with db.transaction():
        # Both rows, in one order: else two organisers could merge each of the two into the other.
        locked = Rally.objects.select_for_update().filter(campaign=campaign, pk__in=(rally, into))
        found = {one.pk: one for one in locked.order_by("pk")}
        if set(found) != {rally, into} or found[into].state not in _INTO:
            return None
        ended: dict[str, Any] = {"is_main": False, "has_big_change": False, "reports": 0, "changed_at": now}
        source = move(campaign=campaign, rallies=[rally], to=State.MERGED, merged_into=into, **ended)
        if not source:
            return None
        Rally.objects.filter(merged_into=rally).update(merged_into=into)
        hide_photos(rallies=[rally])  # what was said of its dates is on no page any more
        told = letters_to_hosts(kind=MERGED, campaign=campaign, rallies=source, now=now, about=found[into])
        carried, left = _carry_over(source[0], found[into], now)
        outbox.post([*told, *(_told(person, found[into], campaign, now) for person in carried)])
        promote_waiting(rally=found[into], now=now)  # here may be the place that they waited for there
    return Merged(found[into], len(carried), left)


def _carry_over(source: Rally, target: Rally, now: datetime) -> tuple[list[Reader], int]:
    """Move the RSVPs to dates to come; return who they are of, and how many were left behind."""
    # Every verb that moves an RSVP locks its date first (domain.promote): who confirms now waits for the count below.
    to_come = Occurrence.objects.filter(rally__in=[source, target], ends_at__gt=now).order_by("pk")
    locked = list(to_come.select_for_update(no_key=True))
    standing = [one for one in locked if one.rally_id == target.pk and one.state == DateState.STANDS]
    dates = {one.held_on: one for one in sorted(standing, key=lambda one: one.starts_at, reverse=True)}
    rows = Rsvp.objects.filter(occurrence__rally=source, occurrence__ends_at__gt=now, state__in=_KEPT)
    room = _Room(dates.values(), target.capacity)
    carried: list[Reader] = []
    left = 0
    waiting_in_line = list(rows.select_related("occurrence").order_by("place_in_line", "pk"))
    for start in range(0, len(waiting_in_line), _BATCH):
        moved = []
        for row in waiting_in_line[start : start + _BATCH]:
            date = dates.get(row.occurrence.held_on)
            person = _resealed(row, source, target) if date is not None else None
            if date is None or person is None:
                left += 1
            else:
                moved.append((row, date, person))
        room.look_up(row for row, _date, _person in moved)
        for row, date, person in moved:
            room.take_in(row, date)
            if row.state != RsvpState.ASKED:
                carried.append(person)
        Rsvp.objects.bulk_update([row for row, _date, _person in moved], ["occurrence", "state", "sealed", "tag"])
    _count(locked)
    return carried, left


def _resealed(row: Rsvp, source: Rally, target: Rally) -> Reader | None:
    """Seal a row under the other rally's key, in memory; return whose it is, or None when no key opens it."""
    try:
        content = keys.unseal(source.pk, "rsvp", bytes(row.sealed))
    except (keys.RallyKeyGoneError, BoxBrokenError):
        return None
    address = parse(str(content.get("email", "")))
    if address is None:
        return None
    row.sealed = keys.seal(target.pk, "rsvp", content)
    row.tag = keys.rsvp_tag(target.pk, address)
    return next(reader_of(target.pk, "rsvp", row.sealed), None)


class _Room:
    """Who comes to the dates that stay, and how many: asked for many at once, then kept in memory."""

    def __init__(self, dates: Iterable[Occurrence], capacity: int | None) -> None:
        self._dates = [one.pk for one in dates]
        self._capacity = capacity
        self._here: set[tuple[int, bytes]] = set()
        self._taken = {
            number: people for (number, state), people in _people(self._dates).items() if state == RsvpState.COMING
        }

    def look_up(self, rows: Iterable[Rsvp]) -> None:
        """Find out which of these have a place at one of the dates by themselves."""
        same = Rsvp.objects.filter(occurrence__in=self._dates, state__in=_HERE, tag__in=[row.tag for row in rows])
        self._here |= {(number, bytes(tag)) for number, tag in same.values_list("occurrence", "tag")}

    def take_in(self, row: Rsvp, date: Occurrence) -> None:
        """Give a row its new date, in memory; who comes to both keeps the place they have there."""
        if row.state != RsvpState.ASKED:
            people = 1 + row.guests
            taken = self._taken.get(date.pk, 0)
            if (date.pk, bytes(row.tag)) in self._here:
                row.state = RsvpState.GONE
            elif row.state == RsvpState.COMING and self._capacity is not None and taken + people > self._capacity:
                row.state = RsvpState.WAITING
            if row.state != RsvpState.GONE:
                self._here.add((date.pk, bytes(row.tag)))
            if row.state == RsvpState.COMING:
                self._taken[date.pk] = taken + people
        row.occurrence = date


def _count(dates: Sequence[Occurrence]) -> None:
    people = _people([one.pk for one in dates])
    for one in dates:
        one.coming = people.get((one.pk, RsvpState.COMING), 0)
        one.waiting = people.get((one.pk, RsvpState.WAITING), 0)
    Occurrence.objects.bulk_update(dates, ["coming", "waiting"])


def _people(dates: Sequence[int]) -> dict[tuple[int, int], int]:
    """Return how many people the RSVPs to some dates are for, with those they bring, by date and state."""
    rows = Rsvp.objects.filter(occurrence__in=dates, state__in=_HERE).order_by()
    sums = rows.values("occurrence", "state").annotate(people=Sum(F("guests") + 1))
    return {(number, state): people for number, state, people in sums.values_list("occurrence", "state", "people")}


def _told(person: Reader, target: Rally, campaign: Campaign, now: datetime) -> LetterRow:
    return letter_to(kind=MERGED_COMING, rally=target, campaign=campaign, reader=person, now=now)
