"""Ten thousand rallies in few bytes: one list a property instead of one object a rally (docs/spec/points.md).

Neighbours in a list are alike, which is what gzip is good at; map/points.js reads it back.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from tocsin.kit.zones import zone_of
from tocsin.rallies.queries.points import Point
from tocsin.rallies.states import Access, Attendance, DateState

VERSION: Final = 1
STEPS: Final = 10_000  # to a degree: eleven metres
MAIN, OVER, CANCELLED, POSTPONED, IN_PERSON, ONLINE, APPROXIMATE = (1 << place for place in range(7))
_FIRST_ACCESS: Final = 7
ACCESS: Final = {str(one): 1 << (_FIRST_ACCESS + place) for place, one in enumerate(Access)}
SERIES: Final = 1 << (_FIRST_ACCESS + len(Access))

_STATES = {DateState.STANDS: 0, DateState.CANCELLED: CANCELLED, DateState.POSTPONED: POSTPONED}
_WAYS = {Attendance.IN_PERSON: IN_PERSON, Attendance.ONLINE: ONLINE, Attendance.BOTH: IN_PERSON | ONLINE}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def columns(points: Sequence[Point]) -> dict[str, Any]:
    """Return the points as lists of one length, those without a place behind all others.

    `lat`, `lon` (of the first `placed`, in steps of a 10,000th of a degree) and `start` (minutes since 1970, UTC) are
    differences from the one before. `offset` is how many minutes the place's clock is ahead of UTC then.
    `slug` is a number where the address is the town's: 1, or what stands behind it.
    """
    placed = [one for one in points if one.place is not None]
    rows = placed + [one for one in points if one.place is None]
    countries = sorted({one.country for one in rows})
    number_of = {code: number for number, code in enumerate(countries)}
    places = [one.place for one in placed if one.place is not None]
    return {
        "version": VERSION,
        "placed": len(placed),
        "countries": countries,
        "country": [number_of[one.country] for one in rows],
        "town": [one.city for one in rows],
        "slug": [_slug(one) for one in rows],
        "lat": _differences([round(latitude * STEPS) for latitude, _ in places]),
        "lon": _differences([round(longitude * STEPS) for _, longitude in places]),
        "start": _differences([_minutes(one.starts_at) for one in rows]),
        "minutes": [_minutes(one.ends_at) - _minutes(one.starts_at) for one in rows],
        "offset": [_offset(one) for one in rows],
        "flags": [flags(one) for one in rows],
        "titles": {str(number): one.title for number, one in enumerate(rows) if one.title},
    }


def flags(point: Point) -> int:
    """Return what is so or not so about a point, a bit each."""
    access = sum(ACCESS[one] for one in set(point.access) & ACCESS.keys())
    more = {
        MAIN: point.is_main,
        OVER: point.is_over,
        APPROXIMATE: point.is_approximate,
        SERIES: point.is_series,
    }
    return _STATES[point.state] | _WAYS[point.attendance] | access | sum(bit for bit, is_so in more.items() if is_so)


def address_of_town(town: str) -> str:
    """Return the address that a town's name gives by the simple rule that a browser follows too."""
    return re.sub(r"[^a-z0-9]+", "-", town.lower()).strip("-")


def _slug(point: Point) -> int | str:
    """Return which of its town's rallies it is, or the whole address where that does not say it."""
    base = address_of_town(point.city) if point.city.isascii() else ""
    if base and point.slug == base:
        return 1
    number = point.slug.removeprefix(f"{base}-")
    is_number = number.isascii() and number.isdecimal() and number == str(int(number)) and number != "1"
    return int(number) if base and is_number and point.slug == f"{base}-{number}" else point.slug


def _differences(numbers: Sequence[int]) -> list[int]:
    return [one - before for before, one in zip((0, *numbers), numbers, strict=False)]


def _minutes(at: datetime) -> int:
    return int((at - _EPOCH).total_seconds() // 60)


def _offset(point: Point) -> int:
    ahead = point.starts_at.astimezone(zone_of(point.zone)).utcoffset()
    return int(ahead.total_seconds() // 60) if ahead is not None else 0
