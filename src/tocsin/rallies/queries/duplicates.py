"""Which rallies may be one and the same: announced twice, or announced here and brought in from elsewhere."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

from tocsin.campaigns.models import Campaign
from tocsin.kit.names import fold
from tocsin.kit.places import distance_km
from tocsin.rallies.details import Details
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.states import LIVE, Attendance

NEAR_KM: Final = 3.0
NEAR_DAYS: Final = 1
# A step of the grid in which pins are looked up, a little more than what is near: one degree of latitude has 111 km.
_STEP: Final = 1.1 * NEAR_KM / 111.0
_MOST_SHOWN: Final = 5


class Spot(NamedTuple):
    """Where and when somebody gathers: all that is compared."""

    dates: tuple[date, ...]
    city: str = ""
    country: str = ""
    region: str = ""
    latitude: float | None = None
    longitude: float | None = None
    online_url: str = ""  # of what is only there

    @classmethod
    def of(cls, details: Details, dates: Iterable[date] = ()) -> "Spot":
        """Return the spot of a rally that is not stored yet; without `dates`, of its first date."""
        where = details.where
        return cls(
            tuple(dates) or (details.first_on,),
            where.city,
            where.country,
            where.region,
            where.latitude,
            where.longitude,
            details.online_url if details.attendance is Attendance.ONLINE else "",
        )


class Likeness(NamedTuple):
    """A rally that may be the one that is asked about, and how near it is."""

    days: int  # between the two dates that are nearest to each other
    km: float | None  # between the pins; None where one has none
    rally: Rally


class _Known(NamedTuple):
    """One date of a stored rally."""

    rally: int
    held_on: date
    spot: Spot


def duplicates_among(campaign: Campaign, rallies: Sequence[Rally]) -> dict[int, list[Likeness]]:
    """Return, by the number of each stored rally, others that may be the same, the nearest first; none: no entry.

    They are held within a day of each other, and within 3 km or in the same town. In a fixed number of
    queries, however many are asked about.
    """
    dates: dict[int, list[date]] = defaultdict(list)
    stored = Occurrence.objects.filter(rally__in=[rally.pk for rally in rallies])
    for number, held_on in stored.values_list("rally", "held_on"):
        dates[number].append(held_on)
    spots = [_spot(rally, dates[rally.pk] or [rally.first_on]) for rally in rallies]
    found = duplicates_of(campaign, spots)
    others = {
        rally.pk: [like for like in likes if like.rally.pk != rally.pk][:_MOST_SHOWN]
        for rally, likes in zip(rallies, found, strict=True)
    }
    return {number: likes for number, likes in others.items() if likes}


def duplicates_of(campaign: Campaign, spots: Sequence[Spot]) -> list[list[Likeness]]:
    """Return, for each spot in its place, the campaign's rallies that may be what is held there, the nearest first.

    For a preview of what an import would bring: two queries, however many spots. What nobody has
    confirmed, what was refused and what was merged is no rally to be the same as.
    """
    known = _Index(_known(campaign, {day for spot in spots for day in spot.dates}))
    found = [known.like(spot) for spot in spots]
    rows = Rally.objects.in_bulk({number for likes in found for number in likes})
    return [
        sorted(
            (Likeness(*near, rows[number]) for number, near in likes.items() if number in rows),
            key=lambda like: (like.days, NEAR_KM if like.km is None else like.km, like.rally.pk),
        )[: _MOST_SHOWN + 1]
        for likes in found
    ]


def alike(one: Spot, other: Spot) -> tuple[int, float | None] | None:
    """Return how many days and kilometres two spots are apart, if they may be the same; or else None."""
    days = min((abs((a - b).days) for a in one.dates for b in other.dates), default=NEAR_DAYS + 1)
    if days > NEAR_DAYS:
        return None
    if one.online_url or other.online_url:
        return (days, None) if one.online_url == other.online_url else None
    km = _km(one, other)
    is_near = km is not None and km <= NEAR_KM
    return (days, km) if is_near or _is_same_town(one, other) else None


class _Index:
    """Stored dates by day and by town, square of the grid or web address: nobody is compared with everybody."""

    def __init__(self, known: Iterable[_Known]) -> None:
        self._by: dict[tuple[object, ...], list[_Known]] = defaultdict(list)
        for one in known:
            for key in _keys(one.spot):
                self._by[one.held_on, *key].append(one)

    def like(self, spot: Spot) -> dict[int, tuple[int, float | None]]:
        """Return (days, km) by the number of each rally that may be held at this spot."""
        best: dict[int, tuple[int, float | None]] = {}
        for one in self._around(spot):
            near = alike(spot, one.spot)
            if near is not None and (one.rally not in best or near[0] < best[one.rally][0]):
                best[one.rally] = near
        return best

    def _around(self, spot: Spot) -> Iterator[_Known]:
        days = {_day_from(day, step) for day in spot.dates for step in range(-NEAR_DAYS, NEAR_DAYS + 1)}
        for day in days:
            for key in _keys(spot, around=1):
                yield from self._by.get((day, *key), ())


def _keys(spot: Spot, around: int = 0) -> Iterator[tuple[object, ...]]:
    """Yield what a spot is found by: its town, and its square with those around it."""
    if spot.online_url:
        yield ("online", spot.online_url)
        return
    if spot.city:
        yield ("town", spot.country, fold(spot.city))
    if spot.latitude is None or spot.longitude is None:
        return
    row = math.floor(spot.latitude / _STEP)
    for near_row in range(row - around, row + around + 1):
        # Squares are as wide as they are high, each row in its own degrees; the two ends of a row meet.
        in_row = max(1, math.floor(360 / _STEP * math.cos(math.radians(min(89.9, abs(near_row) * _STEP)))))
        column = math.floor((spot.longitude + 180) / 360 * in_row)
        for near_column in range(column - around, column + around + 1):
            yield ("square", near_row, near_column % in_row)


def _day_from(day: date, step: int) -> date:
    """Return the day so many days on; at either end of the calendar its last one."""
    return date.fromordinal(min(max(day.toordinal() + step, 1), date.max.toordinal()))


def _known(campaign: Campaign, dates: Collection[date]) -> Iterator[_Known]:
    if not dates:
        return
    rows = Occurrence.objects.filter(
        campaign=campaign,
        rally__state__in=LIVE,
        held_on__gte=_day_from(min(dates), -NEAR_DAYS),
        held_on__lte=_day_from(max(dates), NEAR_DAYS),
    ).values_list(
        "rally",
        "held_on",
        "latitude",
        "longitude",
        "rally__city",
        "rally__country",
        "rally__region",
        "rally__latitude",
        "rally__longitude",
        "rally__online_url",
        "rally__attendance",
    )
    for (
        number,
        held_on,
        own_lat,
        own_lon,
        city,
        country,
        region,
        latitude,
        longitude,
        url,
        attendance,
    ) in rows.iterator():
        has_own = own_lat is not None and own_lon is not None
        pin = (own_lat, own_lon) if has_own else (latitude, longitude)
        online = url if attendance == Attendance.ONLINE else ""
        yield _Known(number, held_on, Spot((held_on,), city, country, region, *pin, online))


def _spot(rally: Rally, dates: Iterable[date]) -> Spot:
    return Spot(
        tuple(dates),
        rally.city,
        rally.country,
        rally.region,
        rally.latitude,
        rally.longitude,
        rally.online_url if rally.attendance == Attendance.ONLINE else "",
    )


def _km(one: Spot, other: Spot) -> float | None:
    if None in {one.latitude, one.longitude, other.latitude, other.longitude}:
        return None
    return distance_km(*(float(value or 0) for value in (*one[4:6], *other[4:6])))


def _is_same_town(one: Spot, other: Spot) -> bool:
    """Say whether two spots name one town; a region speaks only where both have one."""
    if not one.city or one.country != other.country or fold(one.city) != fold(other.city):
        return False
    return not one.region or not other.region or one.region == other.region
