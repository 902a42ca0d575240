"""What the form of a rally shows of one that is stored; and the private place of one that the team holds itself."""

from typing import Any

from tocsin.kit.places import find_cities, rounded
from tocsin.rallies.details import Details, Where
from tocsin.rallies.hosts import PrivatePlace

Pin = tuple[float | None, float | None]


def filled_in(details: Details) -> dict[str, Any]:
    """Return what the form shows of details, by its fields' names; and what date and hour it was opened with."""
    rule, until = split(details.repeat)
    where = details.where
    texts = {"title": details.title, "about": details.about, "until_note": details.until_note}
    return {
        **{f"{name}.{code}": text for name, by_language in texts.items() for code, text in by_language.items()},
        **{f"duties.{duty}": number for duty, number in details.duties.items()},
        **{f"chats.{place}.label": chat.label for place, chat in enumerate(details.chats)},
        **{f"chats.{place}.url": chat.url for place, chat in enumerate(details.chats)},
        "day_of_action": str(details.day_of_action or ""),
        "first_on": details.first_on,
        "wall_time": details.wall_time,
        "date_was": details.first_on.isoformat(),
        "time_was": f"{details.wall_time:%H:%M}",
        "minutes": details.minutes,
        "repeat": rule,
        "until_on": until,
        "skipped": " ".join(map(str, details.skipped)),
        "zone": details.zone,
        "attendance": str(int(details.attendance)),
        "online_url": details.online_url,
        "city": where.city,
        "country": where.country,
        "region": where.region,
        "place": where.place,
        "address": where.address,
        "pin.latitude": where.latitude,
        "pin.longitude": where.longitude,
        "held_by": details.held_by,
        "languages": list(details.languages),
        "access": list(details.access),
        "crowd": details.crowd,
        "capacity": details.capacity,
    }


def split(repeat: str) -> tuple[str, str]:
    """Return a rule without its end, and the date of the end as a form has it."""
    parts = repeat.split(";") if repeat else []
    until = next((part.removeprefix("UNTIL=") for part in parts if part.startswith("UNTIL=")), "")
    rule = ";".join(part for part in parts if not part.startswith("UNTIL="))
    return rule, f"{until[:4]}-{until[4:6]}-{until[6:8]}" if until else ""


def filled_in_private(details: Details | None, private: PrivatePlace | None) -> dict[str, Any]:
    """Return what the form shows of a place that the team has sealed; nothing of a host's."""
    if details is None or private is None or not details.is_address_private:
        return {}
    filled: dict[str, Any] = {"is_address_private": True, "place": private.place, "address": private.address}
    if private.latitude is not None:
        filled |= {"pin.latitude": private.latitude, "pin.longitude": private.longitude}
    return filled


def sealed_of(place: Where, typed: Pin) -> PrivatePlace:
    """Return what is sealed of a place. A pin that is the town's own says nothing more than its name does."""
    pin = typed if _is_exact(place, typed) else (None, None)
    return PrivatePlace(place.place, place.address, *pin)


def _is_exact(place: Where, typed: Pin) -> bool:
    latitude, longitude = typed
    if latitude is None or longitude is None or rounded(latitude, longitude) == typed:
        return False
    towns = find_cities(place.city, country=place.country)
    return typed not in {(town.latitude, town.longitude) for town in towns}
