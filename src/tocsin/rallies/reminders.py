"""When those who come are reminded: on the clock of the place, at hours at which people are awake."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from enum import IntFlag
from typing import NamedTuple

from tocsin.kit.zones import zone_of
from tocsin.rallies.models import Occurrence, Rally

_EVENING = time(17)  # of the day before
_NIGHT = time(22)  # "tomorrow" is not said later
_MORNING = time(8)  # of the day itself
_EARLIEST = time(6)
_AHEAD = timedelta(hours=3)


class Reminder(IntFlag):
    """The mails that an RSVP gets by itself, each once; the bits of Rsvp.reminded."""

    TOMORROW = 1
    TODAY = 2
    ADDRESS = 4  # where exactly it is, once its time has come


class Due(NamedTuple):
    """From when on a reminder is sent, and until when it still makes sense."""

    reminder: Reminder
    since: datetime
    until: datetime


def reminders_of(rally: Rally, occurrence: Occurrence) -> Iterator[Due]:
    """Yield the reminders that a date has.

    The evening before at five; on the day at eight, or three hours before what begins earlier than eleven,
    but nobody is woken before six: then the evening's mail is the only one.
    """
    zone = zone_of(rally.zone)
    starts_at = occurrence.starts_at
    begins = starts_at.astimezone(zone)
    before = begins.date() - timedelta(days=1)
    yield Due(
        Reminder.TOMORROW,
        datetime.combine(before, _EVENING, zone),
        min(datetime.combine(before, _NIGHT, zone), starts_at),
    )
    on_the_day = min(datetime.combine(begins.date(), _MORNING, zone), (starts_at - _AHEAD).astimezone(zone))
    if on_the_day >= datetime.combine(begins.date(), _EARLIEST, zone):
        yield Due(Reminder.TODAY, on_the_day, starts_at)
    if rally.is_address_private:
        yield Due(Reminder.ADDRESS, address_moment(rally, occurrence), occurrence.ends_at)


def address_moment(rally: Rally, occurrence: Occurrence) -> datetime:
    """Return from when on those who come are told the private address."""
    return occurrence.starts_at - timedelta(hours=rally.address_hours)


def begun(rally: Rally, occurrence: Occurrence, now: datetime) -> Reminder:
    """Return the reminders whose time has come by `now`: who confirms later does not get them any more."""
    past = Reminder(0)
    for due in reminders_of(rally, occurrence):
        if due.since <= now:
            past |= due.reminder
    return past
