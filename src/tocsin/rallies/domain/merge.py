"""Merge: two announced the same rally, and one page of the two stays."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django.db.models import F, Sum

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.kit.addresses import parse
from tocsin.outbox import domain as outbox
from tocsin.outbox.sealing import LetterRow
from tocsin.rallies import keys
from tocsin.rallies.domain.decide_headcounts import hide_photos
from tocsin.rallies.domain.moving import move
from tocsin.rallies.domain.own_dates import not_over
from tocsin.rallies.domain.promote import IN_LINE, locked, people_of, post_promoted, promote
from tocsin.rallies.emails.coming import Reader, reader_in
from tocsin.rallies.emails.desk import MERGED, letters_to_hosts
from tocsin.rallies.emails.merged import MergedLetters
from tocsin.rallies.models import Occurrence, Rally, Rsvp
from tocsin.rallies.reminders import Reminder, begun
from tocsin.rallies.states import LIVE, DateState, RsvpState, State
from tocsin.seal.box import BoxBrokenError

_BATCH = 500
_KEPT = (RsvpState.ASKED, RsvpState.COMING, RsvpState.WAITING)
_HERE = (RsvpState.COMING, RsvpState.WAITING)
_Row = TypeVar("_Row")
_INTO = tuple(state for state in LIVE if state != State.ENDED)


class Merged(NamedTuple):
    """What came of merging."""

    into: Rally
    carried: int  # RSVPs that are to the same date of the other rally now
    left: int  # RSVPs to dates that the other rally does not have, or that no key opens any more


def merge(*, campaign: Campaign, rally: int, into: int, now: datetime) -> Merged | None:
    """Make one rally of two: the address of `rally` leads to `into` from now on, and its hosts are told.

    Who comes to a date of the one comes to the same date of the other, or waits for it, under that one's key.
    The dates to come of `rally` are cancelled. Everybody is told, also those whose date the other does not have;
    whose date was cancelled before knows, and stays where they are.
    None when one of the two is not there any more, or they are one. Raises KeysSealedError.
    """
    if rally == into:
        return None
    with db.transaction():
        # Both rows, in one order: else two organisers could merge each of the two into the other.
        both = Rally.objects.select_for_update().filter(campaign=campaign, pk__in=(rally, into))
        found = {one.pk: one for one in both.order_by("pk")}
        if set(found) != {rally, into} or found[into].state not in _INTO:
            return None
        ended: dict[str, Any] = {"is_main": False, "has_big_change": False, "reports": 0, "changed_at": now}
        ended |= {"merged_into": into, "sequence": F("sequence") + 1}
        moved = move(campaign=campaign, rallies=[rally], to=State.MERGED, **ended)
        if not moved:
            return None
        Rally.objects.filter(merged_into=rally).update(merged_into=into)
        hide_photos(rallies=[rally])  # what was said of its dates is on no page any more
        source, target = moved[0], found[into]
        source.campaign = target.campaign = campaign
        outbox.post(letters_to_hosts(kind=MERGED, campaign=campaign, rallies=moved, now=now, about=target))
        return Merged(target, *_carry_over(source, target, now))


class _Person(NamedTuple):
    """Somebody who said that they come to a date of the rally that is merged, and is told of it."""

    reader: Reader
    before: Occurrence
    place: Rsvp | None  # at the other rally: what was carried over, or was there before; None: left behind


def _carry_over(source: Rally, target: Rally, now: datetime) -> tuple[int, int]:
    """Move the RSVPs to dates to come, and tell people; return how many were carried, and how many left behind."""
    crossing = _Crossing(source, target, now)
    rows = Rsvp.objects.filter(occurrence__in=list(crossing.before), state__in=_KEPT)
    for some in _batches(list(rows.order_by(*IN_LINE))):
        crossing.take_over(some)
    crossing.cancel_and_count()
    carried = {one.place.pk for one in crossing.people if one.place is not None}
    promoted = _promote(crossing.standing, carried, now)  # here may be the place that they waited for there
    for group in _batches(crossing.people):
        outbox.post([_letter(one, crossing.letters(one.before), promoted) for one in group])
    return crossing.carried, crossing.left


class _Crossing:
    """Takes the RSVPs of one rally to the same dates of another one, many at once."""

    def __init__(self, source: Rally, target: Rally, now: datetime) -> None:
        """Lock the dates to come of both."""
        self._source, self._target, self._now = source, target, now
        # Every verb that moves an RSVP locks its date first (domain.promote): who confirms now waits for the count.
        to_come = Occurrence.objects.filter(not_over(now), rally__in=[source, target]).order_by("pk")
        self._dates = list(to_come.select_for_update(no_key=True))
        for one in self._dates:
            one.rally = source if one.rally_id == source.pk else target
        theirs = [one for one in self._dates if one.rally_id == source.pk]
        # Who was told that a date is cancelled has plans of their own by now: a merge makes them come to none.
        self.before = {one.pk: one for one in theirs if one.state != DateState.CANCELLED}
        ours = [one for one in self._dates if one.rally_id == target.pk and one.state == DateState.STANDS]
        self.standing: Sequence[Occurrence] = sorted(ours, key=lambda one: one.starts_at)
        self._same_day = {one.held_on: one for one in reversed(self.standing)}
        self._room = _Room(target, self.standing, now)
        self._letters: dict[int, MergedLetters] = {}
        self.people: list[_Person] = []
        self.carried = 0
        self.left = 0

    def take_over(self, rows: Sequence[Rsvp]) -> None:
        """Move these RSVPs, as far as there is a date for them, and note who is to be told."""
        moved: list[tuple[Rsvp, Occurrence, Occurrence, Reader]] = []
        followed: dict[tuple[int, bytes], Rsvp] = {}
        for row in rows:
            before = self.before[row.occurrence_id]
            after = self._same_day.get(before.held_on)
            content = _content(row, self._source)
            if after is not None and content is not None:
                followed[before.pk, bytes(row.tag)] = row
                _seal_anew(row, content, self._target)
                moved.append((row, before, after, reader_in(content)))
                continue
            self.left += 1
            if content is not None and row.state in _HERE:
                self.people.append(_Person(reader_in(content), before, None))
        self._room.look_up(row for row, *_ in moved)
        for row, before, after, reader in moved:
            is_confirmed = row.state != RsvpState.ASKED
            place = self._room.take_in(row, after)
            if is_confirmed:
                self.carried += 1
                self.people.append(_Person(reader, before, place))
        _store([row for row, *_ in moved])
        _take_links_along(followed)

    def cancel_and_count(self) -> None:
        """Cancel the dates that nobody is to go to any more, and count who comes to each."""
        people = _people([one.pk for one in self._dates])
        for one in self._dates:
            one.coming = people.get((one.pk, RsvpState.COMING), 0)
            one.waiting = people.get((one.pk, RsvpState.WAITING), 0)
            if one.pk in self.before:
                one.state, one.changed_at = DateState.CANCELLED, self._now
        Occurrence.objects.bulk_update(self._dates, ["coming", "waiting", "state", "changed_at"])

    def letters(self, before: Occurrence) -> MergedLetters:
        """Return what makes the letters about one date, which is cancelled by now."""
        if before.pk not in self._letters:
            after = self._same_day.get(before.held_on) or min(
                self.standing, key=lambda one: abs(one.starts_at - before.starts_at), default=None
            )
            self._letters[before.pk] = MergedLetters(before, after, into=self._target, now=self._now)
        return self._letters[before.pk]


class _Room:
    """Who comes to the dates that stay, and how many: asked for many at once, then kept in memory."""

    def __init__(self, target: Rally, dates: Iterable[Occurrence], now: datetime) -> None:
        # Not what was sent for the other date. A private address is told again by itself: they may have another one.
        self._reminded = {one.pk: int(begun(target, one, now) & ~Reminder.ADDRESS) for one in dates}
        self._dates = list(self._reminded)
        self._capacity = target.capacity
        self._here: dict[tuple[int, bytes], Rsvp] = {}
        self._taken = {
            number: people for (number, state), people in _people(self._dates).items() if state == RsvpState.COMING
        }

    def look_up(self, rows: Iterable[Rsvp]) -> None:
        """Find out which of these have a place at one of the dates by themselves."""
        same = Rsvp.objects.filter(occurrence__in=self._dates, state__in=_HERE, tag__in=[row.tag for row in rows])
        for one in same.only("occurrence", "tag", "state", "guests"):
            self._here.setdefault((one.occurrence_id, bytes(one.tag)), one)

    def take_in(self, row: Rsvp, date: Occurrence) -> Rsvp:
        """Give a row its new date, in memory; return what its mailbox has there.

        Who comes to both keeps the place they have there. What the row held of them is erased, for giving up that
        place later does not reach it; its link goes on leading to the place.
        """
        row.occurrence, row.reminded = date, self._reminded[date.pk]
        if row.state == RsvpState.ASKED:
            return row
        there = self._here.setdefault((date.pk, bytes(row.tag)), row)
        people, taken = people_of(row), self._taken.get(date.pk, 0)
        if there is not row:
            row.state, row.sealed = RsvpState.GONE, b""
        elif row.state == RsvpState.COMING and self._capacity is not None and taken + people > self._capacity:
            row.state = RsvpState.WAITING
        if row.state == RsvpState.COMING:
            self._taken[date.pk] = taken + people
        return there


def _content(row: Rsvp, source: Rally) -> dict[str, Any] | None:
    """Open an RSVP; None when no key opens it, or no mail reaches whoever it is of."""
    try:
        content: dict[str, Any] = keys.unseal(source.pk, "rsvp", bytes(row.sealed))
    except (keys.RallyKeyGoneError, BoxBrokenError):
        return None
    return content if parse(str(content.get("email", ""))) is not None else None


def _seal_anew(row: Rsvp, content: dict[str, Any], target: Rally) -> None:
    """Seal a row under the other rally's key, in memory."""
    address = parse(str(content["email"]))
    if address is not None:
        row.sealed = keys.seal(target.pk, "rsvp", content)
        row.tag = keys.rsvp_tag(target.pk, address)


def _store(rows: Sequence[Rsvp]) -> None:
    Rsvp.objects.bulk_update(rows, ["occurrence", "state", "sealed", "tag", "reminded"])
    # By themselves: on SQLite the number of fields of the statement above decides how many of it there are.
    spent = [row.pk for row in rows if row.state == RsvpState.GONE]
    Rsvp.objects.filter(pk__in=spent).update(guests=0, duty="", place_in_line=None)


def _take_links_along(followed: Mapping[tuple[int, bytes], Rsvp]) -> None:
    """Let the spent RSVPs of mailboxes follow the one that moved, found by its date and tag of before.

    Who said twice that they come has two mails, and who came to both of two merged rallies has, too: as long as
    they have a place, each link leads to it, and gives it up.
    """
    dates, tags = {date for date, _tag in followed}, [tag for _date, tag in followed]
    spent = Rsvp.objects.filter(state=RsvpState.GONE, occurrence__in=dates, tag__in=tags)
    links = [one for one in spent.only("occurrence", "tag") if (one.occurrence_id, bytes(one.tag)) in followed]
    for one in links:
        moved = followed[one.occurrence_id, bytes(one.tag)]
        one.occurrence, one.tag = moved.occurrence, moved.tag
    Rsvp.objects.bulk_update(links, ["occurrence", "tag"])


def _promote(dates: Iterable[Occurrence], carried: Collection[int], now: datetime) -> set[int]:
    """Give places to those who wait; return whose RSVPs have one now. Who is not among `carried` is told here."""
    promoted: set[int] = set()
    for one in dates:
        date = locked(one.pk) if one.waiting else None
        if date is not None:
            rows = promote(occurrence=date, now=now)
            post_promoted(occurrence=date, promoted=[row for row in rows if row.pk not in carried], now=now)
            promoted |= {row.pk for row in rows}
    return promoted


def _letter(one: _Person, letters: MergedLetters, promoted: Collection[int]) -> LetterRow:
    if one.place is None:
        return letters.left(one.reader)
    has_place = one.place.state == RsvpState.COMING or one.place.pk in promoted
    return letters.carried(one.reader, has_place=has_place, places=people_of(one.place))


def _people(dates: Sequence[int]) -> dict[tuple[int, int], int]:
    """Return how many people the RSVPs to some dates are for, with those they bring, by date and state."""
    rows = Rsvp.objects.filter(occurrence__in=dates, state__in=_HERE).order_by()
    sums = rows.values("occurrence", "state").annotate(people=Sum(F("guests") + 1))
    return {(number, state): people for number, state, people in sums.values_list("occurrence", "state", "people")}


def _batches(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    for start in range(0, len(rows), _BATCH):
        yield rows[start : start + _BATCH]
