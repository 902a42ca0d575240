"""Merge: two announced the same rally, and one page of the two stays."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.kit.addresses import parse
from tocsin.outbox import domain as outbox
from tocsin.outbox.sealing import LetterRow
from tocsin.rallies import keys
from tocsin.rallies.domain.moving import move
from tocsin.rallies.emails.desk import MERGED, MERGED_COMING, Reader, letter_to, letters_to_hosts, reader_of
from tocsin.rallies.models import Occurrence, Rally, Rsvp
from tocsin.rallies.states import LIVE, DateState, RsvpState, State
from tocsin.seal.box import BoxBrokenError

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
        told = letters_to_hosts(kind=MERGED, campaign=campaign, rallies=source, now=now, about=found[into])
        carried, left = _carry_over(source[0], found[into], now)
        outbox.post([*told, *(_told(person, found[into], campaign, now) for person in carried)])
    return Merged(found[into], len(carried), left)


def _carry_over(source: Rally, target: Rally, now: datetime) -> tuple[list[Reader], int]:
    """Move the RSVPs to dates to come; return who they are of, and how many were left behind."""
    # Every verb that moves an RSVP locks its date first (domain.promote): who confirms now waits for the count below.
    to_come = Occurrence.objects.filter(rally__in=[source, target], ends_at__gt=now).order_by("pk")
    list(to_come.select_for_update(no_key=True).values_list("pk", flat=True))
    rows = Rsvp.objects.filter(occurrence__rally=source, occurrence__ends_at__gt=now, state__in=_KEPT)
    standing = target.occurrences.filter(ends_at__gt=now, state=DateState.STANDS).order_by("-starts_at")
    dates = {one.held_on: one for one in standing}
    carried, left = [], 0
    for row in rows.select_related("occurrence").order_by("place_in_line", "pk"):
        date = dates.get(row.occurrence.held_on)
        person = _resealed(row, source, target) if date is not None else None
        if date is None or person is None:
            left += 1
            continue
        _take_in(row, date, target)
        if row.state != RsvpState.ASKED:
            carried.append(person)
    for date in {*dates.values(), *source.occurrences.filter(ends_at__gt=now)}:
        _count(date)
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


def _take_in(row: Rsvp, date: Occurrence, target: Rally) -> None:
    """Store a row with its new date; who comes to both keeps the place they have there."""
    if row.state != RsvpState.ASKED:
        here = Rsvp.objects.filter(occurrence=date, state__in=_HERE)
        if here.filter(tag=row.tag).exists():
            row.state = RsvpState.GONE
        elif row.state == RsvpState.COMING and target.capacity is not None:
            taken = _people(here.filter(state=RsvpState.COMING))
            row.state = RsvpState.COMING if taken + 1 + row.guests <= target.capacity else RsvpState.WAITING
    row.occurrence = date
    row.save(update_fields=["occurrence", "state", "sealed", "tag"])


def _count(date: Occurrence) -> None:
    rows = Rsvp.objects.filter(occurrence=date)
    coming, waiting = (_people(rows.filter(state=state)) for state in (RsvpState.COMING, RsvpState.WAITING))
    Occurrence.objects.filter(pk=date.pk).update(coming=coming, waiting=waiting)


def _people(rows: QuerySet[Rsvp]) -> int:
    """Return how many people some RSVPs are for, with those they bring."""
    people: int = rows.aggregate(people=Coalesce(Sum(F("guests") + 1), 0))["people"]
    return people


def _told(person: Reader, target: Rally, campaign: Campaign, now: datetime) -> LetterRow:
    return letter_to(kind=MERGED_COMING, rally=target, campaign=campaign, reader=person, now=now)
