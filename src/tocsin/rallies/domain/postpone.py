"""Postpone a date: it will be held on another day, which nobody knows yet."""

from datetime import datetime

from tocsin import db
from tocsin.rallies.domain.own_dates import change_date, settled_note
from tocsin.rallies.domain.tell import News
from tocsin.rallies.states import DateState


def postpone(*, rally: int, date: int, note: str, now: datetime, by_host: bool = False) -> bool:
    """Postpone a date that stands, and tell those who come; False when there is none.

    Raises RefusedError for a note that cannot stand, and for the change too many of a host on one day.
    """
    note = settled_note(note)
    with db.transaction():
        return change_date(
            rally=rally,
            date=date,
            only_from=(DateState.STANDS,),
            what=News.POSTPONED,
            now=now,
            by_host=by_host,
            state=DateState.POSTPONED,
            note=note,
        )
