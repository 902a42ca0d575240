"""The town of a form: typed, and chosen from those found where several are meant."""

from collections.abc import Mapping
from typing import NamedTuple

from tocsin.campaigns.languages import spoken
from tocsin.kit import countries, gazetteer, regions
from tocsin.kit.names import tidy
from tocsin.kit.places import MAX_FOUND, City, city_numbered, distance_km, find_cities
from tocsin.rallies.details import Where
from tocsin.rallies.problems import Problem

MOST_OFFERED = 8
# So many times the people of the next one: whoever types a name that both have in some language means this one.
_FAR_LARGER = 5


class Offered(NamedTuple):
    """A town to choose: GeoNames' number for it, and what it is called in a reader's language."""

    number: int
    label: str


def town_of(values: Mapping[str, str]) -> City | Problem | None:
    """Return the town that a form means, what is wrong with it, or None where none was typed.

    `town` is what was typed; `city` the number chosen for it, which counts only as long as the town still is
    what it was chosen for, `town_asked`.
    """
    typed = tidy(values.get("town", ""))
    if not typed:
        return None
    number = values.get("city", "")
    if number.isascii() and number.isdigit() and tidy(values.get("town_asked", "")) == typed:
        chosen = city_numbered(int(number))
        if chosen is not None:
            return chosen
    return _meant(typed)


def town_again(where: Where, *, within_km: float) -> City | None:
    """Return the town of a rally that is stored, by its name, region and country, and nearest to its pin."""
    near: list[tuple[bool, float, City]] = []
    for city in find_cities(where.city, country=where.country, limit=MAX_FOUND):
        far = 0.0
        if where.latitude is not None and where.longitude is not None:
            far = distance_km(where.latitude, where.longitude, city.latitude, city.longitude)
        if far <= within_km and (not where.region or city.region in {"", where.region}):
            near.append((gazetteer.fold(city.name) != gazetteer.fold(where.city), far, city))
    return min(near, key=lambda one: one[:2])[2] if near else None


def offered(typed: str, language: str) -> list[Offered]:
    """Return the towns that a typed name may mean, to choose one from."""
    return [Offered(city.number, label_of(city, language)) for city in find_cities(tidy(typed), limit=MOST_OFFERED)]


def label_of(city: City, language: str) -> str:
    """Return a town with what tells it from others: "Springfield, Illinois, United States"."""
    country = countries.name_of(city.country, spoken(language))
    return ", ".join(part for part in (city.name, regions.NAMES.get(city.region, ""), country) if part)


def label_of_parts(city: str, region: str, country: str, language: str) -> str:
    """Return the same for a town that is stored: its name, region and country."""
    return label_of(City(0, city, country, region, 0.0, 0.0, "", 0), language) if city else ""


def _meant(typed: str) -> City | Problem:
    found = find_cities(typed, limit=MOST_OFFERED)
    if not found:
        return Problem.TOWN_UNKNOWN
    if len(found) == 1:
        return found[0]
    head = gazetteer.fold(typed.partition(",")[0])
    same = [city for city in found if gazetteer.fold(city.name) == head]
    if len(same) == 1:
        return same[0]
    first, second = found[:2]
    if not same and first.population >= _FAR_LARGER * second.population:
        return first
    return Problem.TOWN_AMBIGUOUS
