"""Reopen a date: it is held after all, when and where it was to be."""

from datetime import datetime

from tocsin import db
from tocsin.rallies.domain.own_dates import change_date, settled_note
from tocsin.rallies.domain.tell import News
from tocsin.rallies.states import DateState


def reopen(*, rally: int, date: int, note: str, now: datetime, by_host: bool = False) -> bool:
    """Let a cancelled or postponed date stand again, and tell those who come; False when there is none.

    Raises RefusedError for a note that cannot stand, and for the change too many of a host on one day.
    """
    note = settled_note(note)
    with db.transaction():
        return change_date(
            rally=rally,
            date=date,
            only_from=(DateState.CANCELLED, DateState.POSTPONED),
            what=News.REOPENED,
            now=now,
            by_host=by_host,
            state=DateState.STANDS,
            note=note,
        )
