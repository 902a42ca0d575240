"""Remind those who come: the evening before, on the day, and of the private address once its time has come.

Crash points: the mark that a reminder was sent and its letter are one commit, so each comes once,
whenever the worker dies.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from tocsin import db
from tocsin.outbox import domain as outbox
from tocsin.outbox.sealing import LetterRow
from tocsin.rallies.checks import MAX_ADDRESS_HOURS
from tocsin.rallies.domain.promote import locked, people_of, readers_of
from tocsin.rallies.domain.rsvp import takes_rsvps
from tocsin.rallies.emails.coming import EXACT_ADDRESS, TODAY, TOMORROW, ComingLetters
from tocsin.rallies.models import Occurrence, Rsvp
from tocsin.rallies.reminders import Reminder, reminders_of
from tocsin.rallies.states import DateState, RsvpState

_MAILS = {Reminder.TOMORROW: TOMORROW, Reminder.TODAY: TODAY, Reminder.ADDRESS: EXACT_ADDRESS}
_AHEAD = {
    Reminder.TOMORROW: timedelta(hours=48),
    Reminder.TODAY: timedelta(hours=24),
    Reminder.ADDRESS: timedelta(hours=MAX_ADDRESS_HOURS),
}
_BATCH = 200
_DATES_AT_ONCE = 500


def remind(*, now: datetime, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Post each reminder whose time has come, many in a transaction; return how many.

    Stops between two transactions when `goes_on` says no. Raises KeysSealedError.
    """
    posted = 0
    for reminder in _MAILS:
        for occurrence in _dates(reminder, now):
            while goes_on() and (some := _remind_some(occurrence, reminder, now)):
                posted += some
    return posted


def _dates(reminder: Reminder, now: datetime) -> Iterator[int]:
    """Yield the numbers of the dates at which somebody waits for this reminder, and its time has come."""
    unsent = _unsent(reminder).filter(
        occurrence__state=DateState.STANDS,
        occurrence__ends_at__gt=now,
        occurrence__starts_at__lt=now + _AHEAD[reminder],
    )
    if reminder is Reminder.ADDRESS:
        unsent = unsent.filter(occurrence__rally__is_address_private=True)
    numbers = sorted(set(unsent.values_list("occurrence", flat=True).distinct()))
    for first in range(0, len(numbers), _DATES_AT_ONCE):
        some = Occurrence.objects.filter(pk__in=numbers[first : first + _DATES_AT_ONCE]).select_related("rally")
        yield from [one.pk for one in some.order_by("pk") if _is_due(one, reminder, now)]


def _is_due(occurrence: Occurrence, reminder: Reminder, now: datetime) -> bool:
    due = (one for one in reminders_of(occurrence.rally, occurrence) if one.reminder is reminder)
    return takes_rsvps(occurrence.rally, occurrence, now) and any(one.since <= now < one.until for one in due)


def _remind_some(number: int, reminder: Reminder, now: datetime) -> int:
    with db.transaction():
        occurrence = locked(number)
        # Asked again behind the lock: a date that was cancelled this moment reminds nobody.
        if occurrence is None or not _is_due(occurrence, reminder, now):
            return 0
        rows = list(_unsent(reminder).filter(occurrence=occurrence).order_by("pk")[:_BATCH])
        Rsvp.objects.filter(pk__in=[row.pk for row in rows]).update(reminded=F("reminded").bitor(int(reminder)))
        outbox.post(_letters(occurrence, rows, reminder, now))
        return len(rows)


def _unsent(reminder: Reminder) -> QuerySet[Rsvp]:
    return Rsvp.objects.filter(state=RsvpState.COMING).alias(sent=F("reminded").bitand(int(reminder))).filter(sent=0)


def _letters(occurrence: Occurrence, rows: list[Rsvp], reminder: Reminder, now: datetime) -> Iterator[LetterRow]:
    letters = ComingLetters(occurrence, now=now)
    for row, reader in readers_of(occurrence, rows):
        yield letters.letter(_MAILS[reminder], reader, places=people_of(row))
