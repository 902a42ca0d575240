"""Promote: who waits gets a place as soon as there is one, in the order of the line.

Every verb that moves an RSVP locks its date first (`locked`), so of two at once the second sees what the
first has done, and no date has more people than places. A party that is larger than all places
together holds up nobody; one that only has to wait for more room does, or it would wait for ever.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.db.models import F, Q, QuerySet

from tocsin import db
from tocsin.outbox import domain as outbox
from tocsin.rallies import keys
from tocsin.rallies.emails.coming import PROMOTED, ComingLetters, Reader, reader_of
from tocsin.rallies.models import Occurrence, Rally, Rsvp
from tocsin.rallies.reminders import begun
from tocsin.rallies.states import DateState, RsvpState
from tocsin.seal.box import BoxBrokenError

# Who waits without a number had a place at a rally that was merged into this one, and goes first.
IN_LINE = (F("place_in_line").asc(nulls_first=True), "pk")


def locked(occurrence: int) -> Occurrence | None:
    """Return a date with its rally and campaign, which nobody else changes until this transaction ends."""
    db.required()
    # NO KEY: who says that they come meanwhile, which only refers to the row, need not wait.
    found = Occurrence.objects.select_for_update(no_key=True).filter(pk=occurrence).first()
    if found is not None:
        # Asked after the lock: how many fit in may have been changed by whoever had it before.
        found.rally = Rally.objects.select_related("campaign").get(pk=found.rally_id)
    return found


def promote(*, occurrence: Occurrence, now: datetime) -> list[Rsvp]:
    """Give places to those who wait, as a step of a transaction that has locked the date; return their rows.

    Keeps Occurrence.coming and .waiting, and saves them. Posts nothing: see `post_promoted`.
    """
    db.required()
    promoted = _next_in_line(occurrence) if _is_held(occurrence, now) else []
    if promoted:
        people = sum(map(people_of, promoted))
        occurrence.coming += people
        occurrence.waiting -= people
        passed = int(begun(occurrence.rally, occurrence, now))
        for row in promoted:
            row.state, row.place_in_line, row.reminded = RsvpState.COMING, None, passed
        Rsvp.objects.bulk_update(promoted, ["state", "place_in_line", "reminded"], batch_size=500)
    occurrence.save(update_fields=["coming", "waiting"])
    return promoted


def post_promoted(*, occurrence: Occurrence, promoted: Sequence[Rsvp], now: datetime) -> None:
    """Tell those who have waited that there is a place, in the same transaction."""
    letters = ComingLetters(occurrence, now=now)
    readers = readers_of(occurrence, promoted)
    outbox.post(letters.letter(PROMOTED, reader, places=people_of(row)) for row, reader in readers)


def readers_of(occurrence: Occurrence, rows: Iterable[Rsvp]) -> Iterator[tuple[Rsvp, Reader]]:
    """Yield RSVPs of a date with who they are of, but for those that nothing opens; raises KeysSealedError.

    A database may have been restored without its keys: nobody can be told who cannot be read.
    """
    for row in rows:
        try:
            yield row, reader_of(occurrence.rally_id, row)
        except (keys.RallyKeyGoneError, BoxBrokenError):
            continue


def promote_waiting(*, rally: Rally, now: datetime) -> int:
    """Promote for each date to come of a rally whose capacity was changed, as a step; return how many parties.

    Fewer places throw nobody out: there are none to give until enough have given up theirs.
    """
    db.required()
    waited_for = rally.occurrences.filter(waiting__gt=0, ends_at__gt=now).order_by("pk").values_list("pk", flat=True)
    return sum(promote_date(occurrence=number, now=now) for number in list(waited_for))


def promote_date(*, occurrence: int, now: datetime) -> int:
    """Promote for one date, by its number, and tell who has a place now, as a step; return how many parties."""
    found = locked(occurrence)
    if found is None:
        return 0
    promoted = promote(occurrence=found, now=now)
    post_promoted(occurrence=found, promoted=promoted, now=now)
    return len(promoted)


def people_of(row: Rsvp) -> int:
    """Return how many people an RSVP stands for."""
    return 1 + row.guests


def ahead_of(row: Rsvp) -> QuerySet[Rsvp]:
    """Return who waits for the same date before somebody who waits: the order is IN_LINE."""
    waiting = _waiting(row.occurrence_id)
    if row.place_in_line is None:
        return waiting.filter(place_in_line__isnull=True, pk__lt=row.pk)
    same = Q(place_in_line=row.place_in_line, pk__lt=row.pk)
    return waiting.filter(Q(place_in_line__isnull=True) | Q(place_in_line__lt=row.place_in_line) | same)


def has_room(occurrence: Occurrence, people: int) -> bool:
    """Say whether so many more can be given a place past nobody who waits."""
    capacity = occurrence.rally.capacity
    if capacity is None:
        return True
    if occurrence.coming + people > capacity:
        return False
    # Who is too many for all places together waits in vain, and holds up nobody.
    return not (occurrence.waiting and _waiting(occurrence.pk).filter(guests__lt=capacity).exists())


def _is_held(occurrence: Occurrence, now: datetime) -> bool:
    return occurrence.state == DateState.STANDS and occurrence.ends_at > now


def _waiting(occurrence: int) -> QuerySet[Rsvp]:
    return Rsvp.objects.filter(occurrence=occurrence, state=RsvpState.WAITING)


def _next_in_line(occurrence: Occurrence) -> list[Rsvp]:
    waiting = _waiting(occurrence.pk).order_by(*IN_LINE)
    capacity = occurrence.rally.capacity
    if capacity is None:
        return list(waiting)
    room = capacity - occurrence.coming
    if room <= 0:
        return []
    promoted: list[Rsvp] = []
    for row in waiting.filter(guests__lt=capacity)[:room]:
        room -= people_of(row)
        if room < 0:
            break
        promoted.append(row)
    return promoted
