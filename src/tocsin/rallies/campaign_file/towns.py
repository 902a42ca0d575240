"""Where a rally of a campaign file is, and whose clock runs there."""

import re
from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from tocsin.campaigns.campaign_file.tables import Table
from tocsin.campaigns.refusals import Refusal as FileRefusal
from tocsin.kit.places import MAX_FOUND, City, find_cities
from tocsin.rallies.campaign_file.refusing import refuse_key
from tocsin.rallies.details import Where
from tocsin.rallies.refusals import Refusal

_BEHIND_COMMA = re.compile(r"[,،、,][^,،、,]*$")
_OF_ONE_TOWN = ("city", "region", "position", "slug", "uid")


def read_places(table: Table, *, zone: str, usual_zone: str, is_online: bool) -> Iterator[tuple[Where, str]]:
    """Yield where people come and the zone there: once, or for each of `cities`.

    A town that the gazetteer does not know is taken with the timezone that the file gives, and has a pin
    only if the file gives that too; without either it is refused, since its hour would mean nothing.
    """
    where = Where(
        city=table.text("city"),
        country=table.text("country"),
        region=table.text("region"),
        place=table.text("place"),
        address=table.text("address"),
        **_pin(table),
    )
    towns = table.list_of("cities", str, _('a list of towns, as in ["Lisbon, PT"]'))
    if towns:
        for key in _OF_ONE_TOWN:
            if key in table.content:
                refuse_key(table, key, Refusal.MANY_TOWNS)
        for number, typed in enumerate(towns, start=1):
            town = _town(typed, where, zone)
            if town is None:
                refuse_key(table, f"cities[{number}]", Refusal.TOWN_UNKNOWN)
            else:
                yield _listed(typed, town, where), zone or town.zone
    elif where.city:
        yield _given(table, where, zone)
    else:
        yield where, zone or (usual_zone if is_online else "")


def read_pin(table: Table) -> dict[str, float | None]:
    """Return {latitude, longitude} from `position = [51.3167, 9.5]`; both None without it."""
    return _pin(table)


def _pin(table: Table) -> dict[str, float | None]:
    name = _("a latitude and a longitude in degrees, as in [51.3167, 9.5]")
    given = table.list_of("position", (int, float), name)
    if len(given) not in {0, 2}:
        table.refuse("position", FileRefusal.WRONG_KIND, name)
        given = []
    latitude, longitude = map(float, given) if given else (None, None)
    return {"latitude": latitude, "longitude": longitude}


def _listed(typed: str, town: City, where: Where) -> Where:
    """Return where one of a list of towns is, under the name that the file has for it."""
    return replace(
        where,
        city=_BEHIND_COMMA.sub("", typed).rstrip(),
        country=town.country,
        region=town.region,
        latitude=town.latitude,
        longitude=town.longitude,
    )


def _given(table: Table, where: Where, zone: str) -> tuple[Where, str]:
    """Return where the one town of a table is, under the name it has there."""
    if where.latitude is not None and zone:
        return where, zone
    town = _town(where.city, where, zone)
    if town is None:
        if not zone:
            refuse_key(table, "timezone", Refusal.TOWN_UNKNOWN)
        return where, zone
    if where.latitude is None:
        where = replace(where, latitude=town.latitude, longitude=town.longitude)
    return where, zone or town.zone


def _town(typed: str, where: Where, zone: str) -> City | None:
    """Return the likeliest town of that name which agrees with the region, and if it can with the zone."""
    found = [
        city
        for city in find_cities(typed, country=where.country, limit=MAX_FOUND)
        if not where.region or city.region in {"", where.region}
    ]
    return next((city for city in found if city.zone == zone), None) or next(iter(found), None)
