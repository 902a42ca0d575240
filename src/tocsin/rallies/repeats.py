"""How a rally repeats: the part of RFC 5545's rules that gatherings need, and the days a rule gives. Pure.

Our own, and not dateutil's: that looks for a rule's next day in every year to 9999, for seconds where there
is none, and trips over ordinals in the middle of a search. Here a search ends with LAST_DAY, whatever the rule.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from typing import Final

# What clocks are known for, and calendar programs can add to: every door refuses other days (checks.day_refusal).
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
_MOST = 9_999  # of COUNT and INTERVAL
_LONGEST_RULE = 200  # as its column
_MONTHS, _LONGEST_MONTH = 12, 31
_DAYS_OF_MONTH = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WEEKDAYS: Final = {name: number for number, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_WEEKDAY: Final = re.compile(r"([+-]?[0-9]{1,2})?([A-Z]{2})")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,4}")
_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"})
_OF_NUMBERS = frozenset({"INTERVAL", "COUNT", "BYMONTHDAY", "BYMONTH", "BYSETPOS"})
# How many of one weekday there are in a period, and how many days: ordinals beyond give nothing (section 3.3.10).
_ORDINALS: Final = {"DAILY": 0, "WEEKLY": 0, "MONTHLY": 5, "YEARLY": 53}
_POSITIONS: Final = {"DAILY": 0, "WEEKLY": 0, "MONTHLY": 31, "YEARLY": 366}


class BadRepeatError(ValueError):
    """A rule that is none, or one that rallies have no use for, as every minute."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, read (RFC 5545, section 3.3.10). What is not said of a part is empty."""

    frequency: str
    interval: int
    count: int | None
    until: date
    weekdays: tuple[tuple[int, int], ...]  # the how-manieth, 0 for each; and Monday as 0
    month_days: tuple[int, ...]
    months: tuple[int, ...]
    positions: tuple[int, ...]
    week_start: int


def settled_repeat(text: str) -> str:
    """Return an RRULE in one spelling, without its name; "" for none. Raises BadRepeatError.

    Only what a date needs is let through (RFC 5545, section 3.3.10): nothing below a day, and of UNTIL its
    date alone, since the hour of every date is the rally's own.
    """
    bare = text.strip().upper().removeprefix("RRULE:").strip(";")
    if not bare:
        return ""
    parts = _parts(bare)
    if "UNTIL" in parts:
        parts["UNTIL"] = f"{_day(parts['UNTIL'][:8]):%Y%m%d}"
    for name in _OF_NUMBERS & parts.keys():  # of COUNT, INTERVAL and BYMONTH a sign is none (1*DIGIT)
        parts[name] = ",".join(map(str, _numbers(parts, name, -_MOST, _MOST)))
    settled = ";".join(f"{name}={value}" for name, value in parts.items())
    if len(settled) > _LONGEST_RULE:
        raise BadRepeatError(settled[:_LONGEST_RULE])
    rule_of(settled)
    return settled


@lru_cache(maxsize=1024)
def rule_of(settled: str) -> Rule:
    """Read a rule in its one spelling. Raises BadRepeatError."""
    parts = _parts(settled)
    frequency = parts["FREQ"]
    rule = Rule(
        frequency=frequency,
        interval=_numbers(parts, "INTERVAL", 1, _MOST)[0] if "INTERVAL" in parts else 1,
        count=_numbers(parts, "COUNT", 1, _MOST)[0] if "COUNT" in parts else None,
        until=min(_day(parts["UNTIL"]), LAST_DAY) if "UNTIL" in parts else LAST_DAY,
        weekdays=tuple(_weekday(one, frequency) for one in parts["BYDAY"].split(",")) if "BYDAY" in parts else (),
        month_days=_numbers(parts, "BYMONTHDAY", -_LONGEST_MONTH, _LONGEST_MONTH),
        months=_numbers(parts, "BYMONTH", 1, _MONTHS),
        positions=_numbers(parts, "BYSETPOS", -_POSITIONS[frequency], _POSITIONS[frequency]),
        week_start=_weekday(parts.get("WKST", "MO"), "WEEKLY")[1],
    )
    if not _is_of_use(rule):
        raise BadRepeatError(settled)
    return rule


def days_of(rule: Rule, first_on: date) -> Iterator[date]:
    """Yield the days that a rule itself gives, in order, from `first_on` to LAST_DAY; none for a day outside of those.

    `first_on` is among them only if the rule gives it.
    """
    if not FIRST_DAY <= first_on <= LAST_DAY:
        return iter(())
    sets = _SETS[rule.frequency](rule, first_on)
    days = (day for one in sets for day in _picked(one, rule.positions) if day >= first_on)
    return islice(takewhile(lambda day: day <= rule.until, days), rule.count)


def _parts(bare: str) -> dict[str, str]:
    if len(bare) > _LONGEST_RULE:
        raise BadRepeatError(bare[:_LONGEST_RULE])
    parts: dict[str, str] = {}
    for part in bare.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name not in _PARTS or name in parts:
            raise BadRepeatError(part)
        parts[name] = value
    if parts.get("FREQ") not in _SETS or {"COUNT", "UNTIL"} <= parts.keys():
        raise BadRepeatError(bare)
    return parts


def _numbers(parts: Mapping[str, str], name: str, least: int, most: int) -> tuple[int, ...]:
    if name not in parts:
        return ()
    texts = parts[name].split(",")
    if name in {"INTERVAL", "COUNT"} and len(texts) > 1:
        raise BadRepeatError(parts[name])
    if not all(_NUMBER.fullmatch(one) for one in texts):
        raise BadRepeatError(parts[name])
    numbers = tuple(map(int, texts))
    if not all(number and least <= number <= most for number in numbers):
        raise BadRepeatError(parts[name])
    return numbers


def _weekday(text: str, frequency: str) -> tuple[int, int]:
    found = _WEEKDAY.fullmatch(text)
    if found is None or found[2] not in _WEEKDAYS:
        raise BadRepeatError(text)
    ordinal = int(found[1]) if found[1] else 0
    if found[1] and not 1 <= abs(ordinal) <= _ORDINALS[frequency]:
        raise BadRepeatError(text)
    return ordinal, _WEEKDAYS[found[2]]


def _day(text: str) -> date:
    try:
        day = datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  a day of the calendar, in no zone
    except ValueError as error:
        raise BadRepeatError(text) from error
    if day < FIRST_DAY:
        raise BadRepeatError(text)
    return day


def _is_of_use(rule: Rule) -> bool:
    """Say whether a rule can be meant so: 30 February is not, nor is what other programs read in other ways."""
    if rule.frequency == "WEEKLY" and rule.month_days:  # which has no meaning there (section 3.3.10)
        return False
    if rule.frequency == "DAILY" and rule.interval > 1 and (rule.weekdays or rule.months or rule.month_days):
        return False
    if not rule.months or not rule.month_days:
        return True
    longest = max(_DAYS_OF_MONTH[month] for month in rule.months)
    return any(abs(day) <= longest for day in rule.month_days)


def _picked(days: Sequence[date], positions: Sequence[int]) -> Sequence[date]:
    """Return the days of one period that BYSETPOS names, in order; all of them without it."""
    if not positions:
        return days
    at = {position - 1 if position > 0 else len(days) + position for position in positions}
    return [day for number, day in enumerate(days) if number in at]


def _daily(rule: Rule, first_on: date) -> Iterator[list[date]]:
    weekdays = {weekday for _ordinal, weekday in rule.weekdays}
    for number in range(first_on.toordinal(), LAST_DAY.toordinal() + 1, rule.interval):
        day = date.fromordinal(number)
        if (
            (not rule.months or day.month in rule.months)
            and (not weekdays or day.weekday() in weekdays)
            and (not rule.month_days or day.day in _days_of_month(day, rule.month_days))
        ):
            yield [day]


def _weekly(rule: Rule, first_on: date) -> Iterator[list[date]]:
    begins = first_on.toordinal() - (first_on.weekday() - rule.week_start) % 7
    weekdays = {weekday for _ordinal, weekday in rule.weekdays} or {first_on.weekday()}
    offsets = sorted((weekday - rule.week_start) % 7 for weekday in weekdays)
    for number in range(begins, LAST_DAY.toordinal() + 1, 7 * rule.interval):
        days = [date.fromordinal(number + offset) for offset in offsets]
        yield [day for day in days if day.month in rule.months] if rule.months else days


def _monthly(rule: Rule, first_on: date) -> Iterator[list[date]]:
    month_days = rule.month_days or (() if rule.weekdays else (first_on.day,))
    begins, ends = (day.year * _MONTHS + day.month - 1 for day in (first_on, LAST_DAY))
    for number in range(begins, ends + 1, rule.interval):
        year, month = divmod(number, _MONTHS)
        if not rule.months or month + 1 in rule.months:
            yield _of_a_month(date(year, month + 1, 1), month_days, rule.weekdays)


def _yearly(rule: Rule, first_on: date) -> Iterator[list[date]]:
    month_days, months = rule.month_days, sorted(set(rule.months))
    if not rule.weekdays and not month_days:
        month_days, months = (first_on.day,), months or [first_on.month]
    for year in range(first_on.year, LAST_DAY.year + 1, rule.interval):
        firsts = [date(year, month, 1) for month in months or range(1, _MONTHS + 1)]
        if months or not rule.weekdays:  # the how-manieth of its month
            yield [day for first in firsts for day in _of_a_month(first, month_days, rule.weekdays)]
            continue
        of_year = _weekdays_between(date(year, 1, 1), date(year, 12, 31), rule.weekdays)
        days = map(date.fromordinal, sorted(of_year))
        yield [day for day in days if not month_days or day.day in _days_of_month(day, month_days)]


def _of_a_month(first: date, month_days: Sequence[int], weekdays: Sequence[tuple[int, int]]) -> list[date]:
    """Return the days of a month that are both one of `month_days` and of `weekdays`; either empty is no limit."""
    before, last = first.toordinal() - 1, _last_of_month(first)
    of_month: Iterable[int] = _days_of_month(first, month_days) if month_days else range(1, last.day + 1)
    numbers = {before + number for number in of_month}
    if weekdays:
        numbers &= _weekdays_between(first, last, weekdays)
    return [date.fromordinal(number) for number in sorted(numbers)]


def _days_of_month(of: date, month_days: Sequence[int]) -> set[int]:
    """Return which days of its month are meant: -1 is the last one, and there is not always a 31st."""
    length = _last_of_month(of).day
    return {day if day > 0 else length + 1 + day for day in month_days if abs(day) <= length}


def _last_of_month(of: date) -> date:
    return (of.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _weekdays_between(first: date, last: date, weekdays: Sequence[tuple[int, int]]) -> set[int]:
    """Return the ordinals of the days between that are named: each Tuesday, or the second, or the last."""
    found: set[int] = set()
    for ordinal, weekday in weekdays:
        begins = first.toordinal() + (weekday - first.weekday()) % 7
        days = range(begins, last.toordinal() + 1, 7)
        if not ordinal:
            found.update(days)
        elif abs(ordinal) <= len(days):
            found.add(days[ordinal - 1 if ordinal > 0 else ordinal])
    return found


_SETS: Final[Mapping[str, Callable[[Rule, date], Iterator[list[date]]]]] = {
    "DAILY": _daily,
    "WEEKLY": _weekly,
    "MONTHLY": _monthly,
    "YEARLY": _yearly,
}
