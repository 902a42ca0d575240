"""Change a rally: its host mends or corrects it, and who comes hears of what matters to them."""

from datetime import datetime

from tocsin import db
from tocsin.rallies.details import Details
from tocsin.rallies.domain.own_dates import CHANGEABLE
from tocsin.rallies.domain.tell import News, tell_coming, told_enough
from tocsin.rallies.domain.writing import change_rally
from tocsin.rallies.hosts import PrivatePlace, place_in, seal_place
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.refusals import Refusal, Refused, RefusedError
from tocsin.rallies.states import DateState, State


def change(*, rally: int, details: Details, private: PrivatePlace, now: datetime, seen: int | None = None) -> bool:
    """Give a rally these details; one that was returned is announced again. False when it takes no more changes.

    A change of time or place is marked for the desk, and told to those who come to any date that it touches;
    one of words or links is marked. `seen` is the SEQUENCE of the rally that the details were made of: one that
    has moved since, with its day of action, is not put back. Raises RefusedError, also for the change too many
    of a date on one day, and KeysSealedError for a private place.
    """
    with db.transaction():
        row = Rally.objects.select_for_update().filter(pk=rally, state__in=CHANGEABLE).first()
        if row is None:
            return False
        sequence = row.sequence
        if seen is not None and seen != sequence:
            raise RefusedError([Refused("date", Refusal.CHANGED)])
        is_place_new = keep_place(row, private)
        changed = change_rally(rally=row, details=details, now=now)
        if is_place_new and row.sequence == sequence:
            row.sequence += 1
            row.has_big_change = row.approved_on is not None
            row.save(update_fields=["sequence", "has_big_change"])
        Rally.objects.filter(pk=rally, state=State.RETURNED).update(state=State.ANNOUNCED)
        is_for_all = row.sequence != sequence
        if is_for_all and told_enough(row.occurrences.filter(state=DateState.STANDS, ends_at__gt=now), now):
            raise RefusedError([Refused("date", Refusal.TOLD_ENOUGH)])
        tell_change(row, changed, now, is_for_all=is_for_all)
    return True


def keep_place(row: Rally, private: PrivatePlace) -> bool:
    """Seal a rally's private place, or let go of it, as a step; say whether it is another one than before.

    Raises KeysSealedError.
    """
    before = place_in(row.pk, row.sealed_place) or PrivatePlace()
    if before == private:
        return False
    row.sealed_place = seal_place(row.pk, private) if private else None
    row.save(update_fields=["sealed_place"])
    return True


def tell_change(row: Rally, changed: list[Occurrence], now: datetime, *, is_for_all: bool) -> None:
    """Tell those who come to what was cancelled with the change, and to the dates that it touches.

    That is every date that stands when it is `is_for_all` (another hour, another place), and else those alone that
    changed: a date can be left out of a series, and taken in again. A step of the caller's transaction.
    """
    cancelled = [one for one in changed if one.state == DateState.CANCELLED]
    tell_coming(occurrences=cancelled, what=News.CANCELLED, now=now)
    stands_again = [one for one in changed if one.state == DateState.STANDS]
    touched = row.occurrences.filter(state=DateState.STANDS) if is_for_all else stands_again
    tell_coming(occurrences=touched, what=News.CHANGED, now=now)
