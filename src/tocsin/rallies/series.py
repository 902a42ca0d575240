"""The dates of a rally: a rule over wall time, and the moments that come of it. Pure; nothing is stored here.

What people are told is the hour on the clock of the place. So a weekly 18:00 stays 18:00 when summer
time begins, and UTC is derived for each date anew.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from tocsin.kit.zones import zone_of
from tocsin.rallies.repeats import FIRST_DAY, LAST_DAY, BadRepeatError, days_of, rule_of

_MOST_MINUTES = 366 * 24 * 60


class Moment(NamedTuple):
    """One date of a rally, in UTC."""

    starts_at: datetime
    ends_at: datetime


def moment_of(held_on: date, wall_time: time, minutes: int, zone: str) -> Moment:
    """Return when a date begins and ends.

    An hour that the clock skips in spring is read as the hour before the change would have it, and of
    an hour that comes twice in autumn the first is meant (RFC 5545, section 3.3.5). A day before FIRST_DAY
    or after LAST_DAY is read as that one, so that no day there is can stop a page.
    """
    wall = datetime.combine(min(max(held_on, FIRST_DAY), LAST_DAY), wall_time.replace(fold=0))
    starts_at = wall.replace(tzinfo=zone_of(zone)).astimezone(UTC)
    return Moment(starts_at, starts_at + timedelta(minutes=min(minutes, _MOST_MINUTES)))


def dates(
    *, first_on: date, repeat: str, skipped: Collection[date], until: date, since: date = date.min
) -> Iterator[date]:
    """Yield the dates of a series in order, from `since` (else its first one) up to and with `until`.

    A rally that is held once has its first date alone. The first date always counts, whether the rule
    gives it or not (RFC 5545, section 3.8.5.3). Raises BadRepeatError for a rule that no door would take.
    """
    if since <= first_on <= until and first_on not in skipped:
        yield first_on
    if not repeat:
        return
    for held_on in days_of(rule_of(repeat), first_on):
        if held_on > until:
            return
        if held_on >= since and held_on != first_on and held_on not in skipped:
            yield held_on


@lru_cache(maxsize=4096)
def first_of_rule(repeat: str, first_on: date) -> date | None:
    """Return the first date that a rule itself gives from `first_on` on, which need not be that date; None for none.

    A rule that no door would take gives none: stored before it was refused, it stops no page.
    """
    try:
        return next(days_of(rule_of(repeat), first_on), None)
    except BadRepeatError:
        return None


def has_end(repeat: str) -> bool:
    """Say whether a rule ends by itself."""
    return not repeat or "COUNT=" in repeat or "UNTIL=" in repeat
