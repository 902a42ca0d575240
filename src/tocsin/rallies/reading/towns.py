"""Which town a file means: by its name and country, by a pin, or by a line that names everything."""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from tocsin.kit import countries
from tocsin.kit.gazetteer import fold
from tocsin.kit.places import City, distance_km, find_cities, nearest_city
from tocsin.rallies.details import Where
from tocsin.rallies.reading.found import FlawError, Problem

_FAR_KM: Final = 60.0  # from a pin to the middle of the town it is in, or near
_CODE: Final = re.compile(r"\b[\w]*\d[\w-]*\b")
_MOST_PARTS: Final = 8
# As people write them, and CLDR does not.
_SHORT: Final = {
    "usa": "US",
    "unitedstatesofamerica": "US",
    "uk": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
}
_LONGEST: Final = 200


def town_named(city: str, *, country: str = "", region: str = "") -> City | None:
    """Return the town of this name, in `country` (a code or a name) or `region`; the biggest of several."""
    code = country_code(country)
    asked = ", ".join(part for part in (city, region) if part)
    return _first(asked, code) or (_first(city, code) if region else None)


def town_at(latitude: float, longitude: float) -> City | None:
    """Return the town that a pin is in or near; None on the high sea."""
    found = nearest_city(latitude, longitude)
    if found is None or distance_km(latitude, longitude, found.latitude, found.longitude) > _FAR_KM:
        return None
    return found


def country_code(text: str) -> str:
    """Return ISO's code of a country, given that or its English name; "" for what is neither."""
    code = text.strip().upper()
    if countries.is_known(code):
        return code
    return _by_name().get(fold(text), "") if text.strip() else ""


def place_on_line(line: str, pin: tuple[float, float] | None) -> tuple[Where, str]:
    """Return where "Königsplatz, 34117 Kassel, Germany" is, and the town's time zone; raises FlawError.

    A pin decides which town it is; without one it is the rightmost part of the line that names one.
    """
    parts = [part.strip() for part in line.replace("\n", ",").split(",") if part.strip()][:_MOST_PARTS]
    town, behind = _town_among(parts) if pin is None else _around(parts, town_at(*pin))
    if town is None:
        raise FlawError(Problem.CITY_UNKNOWN, "city")
    # What stands behind the town is its region and country; what comes before is the place and its street.
    place, *address = parts[:behind] or [""]
    where = where_of(town, pin)
    return replace(where, place=place[:_LONGEST], address=", ".join(address)[:_LONGEST]), town.zone


def where_of(town: City, pin: tuple[float, float] | None) -> Where:
    """Return a town as a rally has it, its pin the middle of the town where there is none."""
    latitude, longitude = pin or (town.latitude, town.longitude)
    return Where(city=town.name, country=town.country, region=town.region, latitude=latitude, longitude=longitude)


def _around(parts: list[str], town: City | None) -> tuple[City | None, int]:
    """Return the town of a pin, and which part of the line names it, or its country, or nothing any more."""
    for place, part in enumerate(parts):
        name = _CODE.sub("", part).strip()
        if town is not None and (fold(name) == fold(town.name) or country_code(name) == town.country):
            return town, place
    return town, len(parts)


def _town_among(parts: list[str]) -> tuple[City | None, int]:
    """Return the town that a line names, and which part of it does."""
    country = next((code for part in reversed(parts) if (code := country_code(part))), "")
    for place in range(len(parts) - 1, -1, -1):
        name = _CODE.sub("", parts[place]).strip()
        if not name or country_code(name):
            continue
        found = _first(name, country)
        # A square may be called as the beginning of some town: what comes first must be its whole name.
        if found is not None and (place > 0 or len(parts) == 1 or fold(found.name) == fold(name)):
            return found, place
    return None, len(parts)


@lru_cache(maxsize=4096)
def _first(asked: str, country: str) -> City | None:
    return next(iter(find_cities(asked, country=country, limit=1)), None)


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    return {fold(name): code for code, name in countries.names("en")} | _SHORT
