"""Cancel one date of a rally, or all that are to come: they stay in lists and calendars, struck through."""

from datetime import datetime

from tocsin import db
from tocsin.rallies.domain.own_dates import change_date, not_over, settled_note
from tocsin.rallies.domain.tell import News
from tocsin.rallies.models import Occurrence
from tocsin.rallies.states import DateState

_STANDING = (DateState.STANDS, DateState.POSTPONED)


def cancel_date(*, rally: int, date: int, note: str, now: datetime) -> bool:
    """Cancel a date that is not over, and tell those who come; False when there is none, or it is cancelled.

    Raises RefusedError for a note that cannot stand.
    """
    note = settled_note(note)
    with db.transaction():
        return _cancel(rally, date, note, now)


def cancel_all(*, rally: int, note: str, now: datetime) -> int:
    """Cancel every date to come at once; return how many were. Raises RefusedError for a note that cannot stand."""
    note = settled_note(note)
    with db.transaction():
        rows = Occurrence.objects.filter(not_over(now), rally=rally, state__in=_STANDING).order_by("starts_at")
        return sum(_cancel(rally, number, note, now) for number in rows.values_list("pk", flat=True))


def _cancel(rally: int, date: int, note: str, now: datetime) -> bool:
    return change_date(
        rally=rally,
        date=date,
        only_from=_STANDING,
        what=News.CANCELLED,
        now=now,
        is_day_past=True,
        state=DateState.CANCELLED,
        note=note,
    )
