"""Tell those who come, or wait, what has become of their date: at once, in the transaction that changed it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import Enum

from django.db.models import F, QuerySet

from tocsin import db
from tocsin.outbox import domain as outbox
from tocsin.outbox.sealing import LetterRow
from tocsin.rallies.domain.own_rsvp import ALIVE
from tocsin.rallies.domain.promote import people_of, promote_date, readers_of
from tocsin.rallies.emails.coming import (
    DATE_CANCELLED,
    DATE_CHANGED,
    DATE_POSTPONED,
    DATE_REOPENED,
    ComingLetters,
)
from tocsin.rallies.models import Occurrence, Rsvp
from tocsin.rallies.reminders import Reminder, begun

# Of a host's changes of one date on one day (UTC); cancelling is never refused.
MOST_TOLD = 6
_BATCH = 500


class News(Enum):
    """What there is to tell; the value is the mail."""

    CHANGED = DATE_CHANGED  # its hour, its day or its place
    POSTPONED = DATE_POSTPONED
    CANCELLED = DATE_CANCELLED
    REOPENED = DATE_REOPENED


def tell_coming(*, occurrences: Iterable[Occurrence], what: News, now: datetime, is_day_past: bool = False) -> int:
    """Post a letter to each who comes to one of these dates or waits for it, as a step of the transaction.

    The dates are as they are from now on. Returns how many letters; what is over tells nobody, unless
    `is_day_past` says that the date waited for a new day. A date that was moved gets its reminders again,
    and a private address, which may have changed, is told again. Raises KeysSealedError.
    """
    db.required()
    numbers = [occurrence.pk for occurrence in occurrences]
    told = 0
    dates = Occurrence.objects.filter(pk__in=numbers)
    if not is_day_past:
        dates = dates.filter(ends_at__gt=now)
    for occurrence in dates.select_related("rally__campaign"):
        told += _tell(occurrence, what, now)
        if what in {News.CHANGED, News.REOPENED}:
            sent = begun(occurrence.rally, occurrence, now) & ~Reminder.ADDRESS
            rows = Rsvp.objects.filter(occurrence=occurrence, state__in=ALIVE)
            rows.update(reminded=F("reminded").bitand(int(sent)))
            if occurrence.waiting:  # who gave up while it was off has made room
                promote_date(occurrence=occurrence.pk, now=now)
    return told


def _tell(occurrence: Occurrence, what: News, now: datetime) -> int:
    letters = ComingLetters(occurrence, now=now)
    rows = Rsvp.objects.filter(occurrence=occurrence, state__in=ALIVE).order_by("pk")
    told, after = 0, 0
    is_more = True
    while is_more and (some := list(rows.filter(pk__gt=after)[:_BATCH])):
        posted = list(_letters(occurrence, some, letters, what))
        outbox.post(posted)
        told, after, is_more = told + len(posted), some[-1].pk, len(some) == _BATCH
    if told:
        times = occurrence.told_times + 1 if occurrence.told_on == now.date() else 1
        Occurrence.objects.filter(pk=occurrence.pk).update(told_on=now.date(), told_times=times)
    return told


def told_enough(dates: QuerySet[Occurrence], now: datetime) -> bool:
    """Say whether who comes to one of these dates was told of so many changes today that no host adds one."""
    return dates.filter(told_on=now.date(), told_times__gte=MOST_TOLD).exists()


def _letters(occurrence: Occurrence, rows: Iterable[Rsvp], letters: ComingLetters, what: News) -> Iterator[LetterRow]:
    for row, reader in readers_of(occurrence, rows):
        yield letters.letter(what.value, reader, places=people_of(row))
