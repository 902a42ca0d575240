"""Keep a row for each date of a series, as far ahead as dates have pages of their own."""

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final

from tocsin import db
from tocsin.kit.zones import zone_of
from tocsin.rallies.details import Details
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.repeats import LAST_DAY, BadRepeatError
from tocsin.rallies.series import dates, moment_of
from tocsin.rallies.states import HORIZON_DAYS, DateState

MOST_DATES: Final = 2_000


def dates_wanted(rally: Rally, now: datetime) -> list[date]:
    """Return the dates that a rally's series gives, from its first to the horizon.

    The next one after today, and its first one, however far away they are: a series that goes on has always a
    date to come to. Of more than MOST_DATES those before the last so many are left out: a daily series that
    began long ago goes on, and its past is no flood of rows.
    """
    today = now.astimezone(zone_of(rally.zone)).date()
    until = max(today + timedelta(days=HORIZON_DAYS), rally.first_on)
    given = deque(dates_given(rally, until=until), maxlen=MOST_DATES)
    if not given or given[-1] <= today:
        given.extend(islice(dates_given(rally, since=today + timedelta(days=1)), 1))
    return list(given)


def dates_given(rally: Rally, *, since: date = date.min, until: date = LAST_DAY) -> Iterator[date]:
    """Yield the dates that a rally's series gives, without those that never were; raises BadRepeatError."""
    skipped = {date.fromisoformat(one) for one in rally.skipped}
    return dates(first_on=rally.first_on, repeat=rally.repeat, skipped=skipped, since=since, until=until)


def add_dates(*, rallies: Iterable[Rally], now: datetime) -> int:
    """Store the dates that have no row yet, as a step of the caller's transaction; return how many.

    A date that is there keeps its row, whatever was changed about it.
    """
    db.required()
    by_number = {rally.pk: rally for rally in rallies}
    known: dict[int, set[date]] = {number: set() for number in by_number}
    for number, on in Occurrence.objects.filter(rally__in=list(by_number)).values_list("rally", "original_on"):
        known[number].add(on)
    fresh = [
        _occurrence(rally, on, now)
        for number, rally in by_number.items()
        for on in dates_wanted(rally, now)
        if on not in known[number]
    ]
    Occurrence.objects.bulk_create(fresh, batch_size=500)
    return len(fresh)


def move_dates(*, rally: Rally, before: Details, now: datetime) -> list[Occurrence]:
    """Bring the dates to come in line with a rally whose rule, hour or zone changed, as a step of a transaction.

    `before` is what was said about the rally until now. What has passed stays as it was. A date to come takes
    the new hour, unless it was moved by itself, to another day or hour. One that the rule gave until now and
    gives no longer is cancelled if anybody might have noted it down, or else goes; what no rule gives stands
    by somebody's hand, and stays. When a rule gives a date again that it was cancelled for, the date stands
    again; what a host cancelled stays so. Returns those that stand otherwise than before, for who must be told.
    """
    db.required()
    rows = list(rally.occurrences.filter(starts_at__gt=now).order_by("starts_at"))
    wanted = set(dates_wanted(rally, now))
    last = max(wanted, default=date.min)
    given_before = _given_before(before, rows)
    changed: list[Occurrence] = []
    for occurrence in rows:
        on, is_left_out = occurrence.original_on, False
        # A rare series had a row beyond what a frequent one has.
        if on in wanted or (on > last and any(dates_given(rally, since=on, until=on))):
            stands_again = _stand_again(rally, occurrence, now)
        elif on not in given_before:
            stands_again = False
        elif occurrence.rsvps.exists() or rally.approved_on is not None:
            stands_again, is_left_out = False, _leave_out(occurrence, now)
        else:
            occurrence.delete()
            continue
        # What is left out is told of with the hour that people know.
        takes_new_hour = not is_left_out and _take_new_hour(rally, occurrence, before, now)
        if stands_again or is_left_out or takes_new_hour:
            occurrence.save()
        # That a cancelled date would be held at another hour is no news.
        if stands_again or is_left_out or (takes_new_hour and occurrence.state != DateState.CANCELLED):
            changed.append(occurrence)
    add_dates(rallies=[rally], now=now)
    return changed


def _given_before(before: Details, rows: Iterable[Occurrence]) -> set[date]:
    """Return on which of these rows' days a rule had a date; on all of them, of one that no door would take now."""
    days = {one.original_on for one in rows}
    until = max(days, default=date.min)
    try:
        return days.intersection(
            dates(first_on=before.first_on, repeat=before.repeat, skipped=before.skipped, until=until)
        )
    except BadRepeatError:
        return days


def _leave_out(occurrence: Occurrence, now: datetime) -> bool:
    """Cancel a date that the rule no longer gives; say whether that changed it."""
    if occurrence.state == DateState.CANCELLED:
        return False
    # One that was postponed has no day to stand on again.
    occurrence.is_off_rule = occurrence.state == DateState.STANDS
    occurrence.state, occurrence.changed_at = DateState.CANCELLED, now
    return True


def _stand_again(rally: Rally, occurrence: Occurrence, now: datetime) -> bool:
    """Let a date stand that only its rule had cancelled, at the rally's hour; say whether that changed it."""
    if not occurrence.is_off_rule:
        return False
    occurrence.state, occurrence.is_off_rule, occurrence.changed_at = DateState.STANDS, False, now
    # The rally may have another hour since, from the very change on that left the date out.
    if occurrence.held_on == occurrence.original_on:
        occurrence.wall_time, occurrence.minutes = rally.wall_time, rally.minutes
    return True


def _take_new_hour(rally: Rally, occurrence: Occurrence, before: Details, now: datetime) -> bool:
    """Give an occurrence its rally's hour and zone; say whether that changed it.

    One that was moved by itself, to another day or hour, keeps its hour, by the clock of where the rally is now.
    """
    hour, minutes = occurrence.wall_time, occurrence.minutes
    if occurrence.held_on == occurrence.original_on and hour == before.wall_time:
        hour, minutes = rally.wall_time, rally.minutes if minutes == before.minutes else minutes
    moment = moment_of(occurrence.held_on, hour, minutes, rally.zone)
    if (occurrence.starts_at, occurrence.ends_at) == moment and occurrence.wall_time == hour:
        return False
    occurrence.wall_time, occurrence.minutes = hour, minutes
    occurrence.starts_at, occurrence.ends_at = moment
    occurrence.changed_at = now
    return True


def _occurrence(rally: Rally, on: date, now: datetime) -> Occurrence:
    moment = moment_of(on, rally.wall_time, rally.minutes, rally.zone)
    return Occurrence(
        rally=rally,
        campaign_id=rally.campaign_id,
        original_on=on,
        held_on=on,
        wall_time=rally.wall_time,
        minutes=rally.minutes,
        starts_at=moment.starts_at,
        ends_at=moment.ends_at,
        changed_at=now,
    )
