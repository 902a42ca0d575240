"""The dates of a rally: a rule over wall time, and the moments that come of it. Pure; nothing is stored here.

What people are told is the hour on the clock of the place. So a weekly 18:00 stays 18:00 when summer
time begins, and UTC is derived for each date anew.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from dateutil.rrule import rrule, rrulestr

from tocsin.kit.zones import zone_of

# What clocks are known for, and calendar programs can add to: every door refuses other days (checks.day_refusal).
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
_MOST_STEPS = 40_000  # of one search: more than there are days between the two
_MOST_MINUTES = 366 * 24 * 60
_MOST_DIGITS = 4  # of COUNT and INTERVAL
_LONGEST_RULE = 200  # as its column
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_DAYS_OF_MONTH = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"})


class BadRepeatError(ValueError):
    """A rule that is none, or one that rallies have no use for, as every minute."""


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


def settled_repeat(text: str) -> str:
    """Return an RRULE in one spelling, without its name; "" for none. Raises BadRepeatError.

    Only what a date needs is let through (RFC 5545, section 3.3.10): nothing below a day, and of UNTIL its
    date alone, since the hour of every date is the rally's own.
    """
    bare = text.strip().upper().removeprefix("RRULE:").strip(";")
    if not bare:
        return ""
    if len(bare) > _LONGEST_RULE:
        raise BadRepeatError(bare[:_LONGEST_RULE])
    parts: dict[str, str] = {}
    for part in bare.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name not in _PARTS or name in parts:
            raise BadRepeatError(part)
        parts[name] = value
    if parts.get("FREQ") not in _FREQUENCIES or {"COUNT", "UNTIL"} <= parts.keys():
        raise BadRepeatError(text)
    if _is_endless_search(parts):
        raise BadRepeatError(text)
    if "UNTIL" in parts:
        parts["UNTIL"] = _day(parts["UNTIL"][:8])
    settled = ";".join(f"{name}={value}" for name, value in parts.items())
    _rule(settled, date(2000, 1, 1))
    return settled


def dates(
    *, first_on: date, repeat: str, skipped: Collection[date], until: date, since: date = date.min
) -> Iterator[date]:
    """Yield the dates of a series in order, from `since` (else its first one) up to and with `until`.

    A rally that is held once has its first date alone. The first date always counts, whether the rule
    gives it or not (RFC 5545, section 3.8.5.3).
    """
    if since <= first_on <= until and first_on not in skipped:
        yield first_on
    if not repeat:
        return
    for moment in islice(_rule(repeat, first_on), _MOST_STEPS):
        held_on = moment.date()
        if held_on > until:
            return
        if held_on >= since and held_on != first_on and held_on not in skipped:
            yield held_on


@lru_cache(maxsize=1024)
def first_of_rule(repeat: str, first_on: date) -> date | None:
    """Return the first date that a rule itself gives from `first_on` on, which need not be that date; None for none."""
    found = next(iter(_rule(repeat, first_on)), None)
    return found.date() if found is not None else None


def has_end(repeat: str) -> bool:
    """Say whether a rule ends by itself."""
    return not repeat or "COUNT=" in repeat or "UNTIL=" in repeat


def _day(text: str) -> str:
    try:
        day = datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  a day of the calendar, in no zone
    except ValueError as error:
        raise BadRepeatError(text) from error
    if day < FIRST_DAY:
        raise BadRepeatError(text)
    return f"{day:%Y%m%d}"


def _is_endless_search(parts: Mapping[str, str]) -> bool:
    """Say whether a rule may give no date at all, as 30 February: dateutil would look in every year to 9999."""
    if any(len(parts.get(name, "")) > _MOST_DIGITS for name in ("COUNT", "INTERVAL", "BYSETPOS")):
        return True
    frequency, limits = parts["FREQ"], parts.keys() & {"BYDAY", "BYMONTH", "BYMONTHDAY"}
    if frequency in {"DAILY", "WEEKLY"} and "BYSETPOS" in parts:
        return True
    if frequency == "WEEKLY" and "BYMONTHDAY" in parts:  # which has no meaning there (RFC 5545, section 3.3.10)
        return True
    if frequency == "DAILY" and limits and parts.get("INTERVAL", "1") != "1":
        return True
    return limits >= {"BYMONTH", "BYMONTHDAY"} and not _has_such_a_day(parts["BYMONTH"], parts["BYMONTHDAY"])


def _has_such_a_day(months: str, days: str) -> bool:
    try:
        longest = max(_DAYS_OF_MONTH[int(month)] for month in months.split(","))
        return any(abs(int(day)) <= longest for day in days.split(","))
    except (ValueError, IndexError):
        return False


def _rule(repeat: str, first_on: date) -> rrule:
    try:
        made = rrulestr(repeat, dtstart=datetime.combine(first_on, time()))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:  # whichever dateutil trips over
        raise BadRepeatError(repeat) from error
    if not isinstance(made, rrule):
        raise BadRepeatError(repeat)
    return made
