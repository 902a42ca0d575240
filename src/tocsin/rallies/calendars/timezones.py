"""VTIMEZONE out of the machine's own time zone data (RFC 5545, section 3.6.5).

Calendar programs that know the name use their own data; the others, Outlook among them, read this. They
want one STANDARD and one DAYLIGHT with a yearly rule each, so that is what a zone gets whose clocks change
by one; where they do not, as in Morocco, each change is named.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

from tocsin.kit.zones import zone_of

# How far the machine's data is read. A rule goes on from there; changes that are named one by one end there.
LAST_YEAR: Final = 2037
_STEP = timedelta(days=7)
_PRECISION = timedelta(seconds=1)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEK = 7
_CHANGES_A_YEAR = 2


class _Change(NamedTuple):
    """The clocks go from one offset to another: `at` on the clock that is about to change, naive."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str


@lru_cache(maxsize=1024)
def vtimezone(zone: str, first_year: int) -> tuple[str, ...]:
    """Return the lines of a VTIMEZONE that holds for every moment from `first_year` on."""
    there = zone_of(zone)
    begin = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    last_year = max(LAST_YEAR, first_year + 11)
    changes = list(_changes(there, begin, datetime(last_year + 1, 1, 1, tzinfo=UTC)))
    regular = _regular_since(changes, last_year)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    if regular != first_year - 1:
        lines += _observance([_first(there, begin)])
    for group in _alike(one for one in changes if one.at.year < regular):
        lines += _observance(group)
    for group in _by_rule([one for one in changes if one.at.year >= regular]):
        lines += _observance(group[:1], rule=_rule_of(group))
    return (*lines, "END:VTIMEZONE")


def _first(there: tzinfo, begin: datetime) -> _Change:
    offset = _offset(there, begin)
    return _Change((begin + offset).replace(tzinfo=None), offset, offset, _name(there, begin))


def _changes(there: tzinfo, begin: datetime, end: datetime) -> Iterator[_Change]:
    moment, offset = begin, _offset(there, begin)
    while moment < end:
        later = moment + _STEP
        if _offset(there, later) != offset:
            low, high = moment, later
            while high - low > _PRECISION:
                middle = (low + (high - low) / 2).replace(microsecond=0)
                low, high = (middle, high) if _offset(there, middle) == offset else (low, middle)
            after = _offset(there, high)
            if high < end:
                yield _Change((high + offset).replace(tzinfo=None), offset, after, _name(there, high))
            offset = after
        moment = later


def _regular_since(changes: Sequence[_Change], last_year: int) -> int:
    """Return the year from which on two rules give every change; the year after the last when none do."""
    regular = last_year + 1
    for year in range(last_year, changes[0].at.year - 1 if changes else last_year, -1):
        since = [one for one in changes if one.at.year >= year]
        if len(since) != _CHANGES_A_YEAR * (last_year + 1 - year):
            break
        if last_year - year >= _WEEK and not all(_rule_of(group) for group in _by_rule(since)):
            break
        regular = year
    return regular if last_year - regular >= _WEEK else last_year + 1


def _by_rule(changes: Sequence[_Change]) -> list[list[_Change]]:
    """Return the changes to summer time and those back: every other one."""
    return [list(changes[start::_CHANGES_A_YEAR]) for start in range(min(_CHANGES_A_YEAR, len(changes)))]


def _rule_of(group: Sequence[_Change]) -> str:
    """Return the yearly rule that gives all these changes, or ""."""
    if len({(one.at.month, one.at.weekday(), one.at.time(), one.before, one.after) for one in group}) != 1:
        return ""
    days = [one.at.day for one in group]
    month, day = group[0].at.month, _DAYS[group[0].at.weekday()]
    if all((one.at + timedelta(days=_WEEK)).month != month for one in group):
        return f"FREQ=YEARLY;BYMONTH={month};BYDAY=-1{day}"
    if len(weeks := {(one - 1) // _WEEK + 1 for one in days}) == 1:
        return f"FREQ=YEARLY;BYMONTH={month};BYDAY={weeks.pop()}{day}"
    if max(days) - min(days) == _WEEK - 1:  # as in Chile, the Sunday after the first Saturday
        return (
            f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={','.join(map(str, range(min(days), max(days) + 1)))};BYDAY={day}"
        )
    return ""


def _alike(changes: Iterator[_Change]) -> list[list[_Change]]:
    groups: dict[tuple[timedelta, timedelta, str], list[_Change]] = {}
    for one in changes:
        groups.setdefault((one.before, one.after, one.name), []).append(one)
    return list(groups.values())


def _observance(group: Sequence[_Change], rule: str = "") -> list[str]:
    first = group[0]
    # By what the clocks do, not by what the law calls it: Ireland's winter is its summer time set back.
    kind = "DAYLIGHT" if first.after > first.before else "STANDARD"
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{_local(first.at)}",
        *([f"RRULE:{rule}"] if rule else []),
        *(f"RDATE:{_local(one.at)}" for one in group[1:]),
        f"TZOFFSETFROM:{_signed(first.before)}",
        f"TZOFFSETTO:{_signed(first.after)}",
        f"TZNAME:{first.name}",
        f"END:{kind}",
    ]


def _offset(there: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(there).utcoffset() or timedelta()


def _name(there: tzinfo, moment: datetime) -> str:
    return moment.astimezone(there).tzname() or "UTC"


def _local(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%S")


def _signed(offset: timedelta) -> str:
    seconds = int(abs(offset).total_seconds())
    tail = f"{seconds % 60:02d}" if seconds % 60 else ""
    return f"{'-' if offset < timedelta() else '+'}{seconds // 3600:02d}{seconds // 60 % 60:02d}{tail}"
