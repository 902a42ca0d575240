"""Everything about a rally that its host or the team can change, as one value: from a form, a file or a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from tocsin.rallies.models import Rally
from tocsin.rallies.states import Attendance

Texts = Mapping[str, str]  # {language: text}
USUAL_MINUTES = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where people come in person; a private address is not here (domain.private_place)."""

    city: str = ""
    country: str = ""  # ISO 3166-1, two capital letters
    region: str = ""  # ISO 3166-2, as in US-CT
    place: str = ""  # what the place is called
    address: str = ""
    latitude: float | None = None  # degrees
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Where people who come can talk."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """A rally but for its life (state, dates' own changes) and what is sealed."""

    first_on: date
    wall_time: time
    zone: str
    where: Where = field(default_factory=Where)
    day_of_action: int | None = None  # the row's number
    title: Texts = field(default_factory=dict)
    about: Texts = field(default_factory=dict)
    held_by: str = ""
    languages: tuple[str, ...] = ()
    minutes: int = USUAL_MINUTES
    repeat: str = ""
    skipped: tuple[date, ...] = ()
    until_note: Texts = field(default_factory=dict)
    attendance: Attendance = Attendance.IN_PERSON
    online_url: str = ""
    is_address_private: bool = False
    address_hours: int = 24
    access: tuple[str, ...] = ()
    duties: Mapping[str, int] = field(default_factory=dict)
    crowd: int | None = None
    capacity: int | None = None
    chats: tuple[Chat, ...] = ()


def details_of(rally: Rally) -> Details:
    """Return a rally's details as stored; change some with `dataclasses.replace`."""
    return Details(
        first_on=rally.first_on,
        wall_time=rally.wall_time,
        zone=rally.zone,
        where=Where(
            city=rally.city,
            country=rally.country,
            region=rally.region,
            place=rally.place,
            address=rally.address,
            latitude=rally.latitude,
            longitude=rally.longitude,
        ),
        day_of_action=rally.day_of_action_id,
        title=rally.title,
        about=rally.about,
        held_by=rally.held_by,
        languages=tuple(rally.languages),
        minutes=rally.minutes,
        repeat=rally.repeat,
        skipped=tuple(date.fromisoformat(one) for one in rally.skipped),
        until_note=rally.until_note,
        attendance=Attendance(rally.attendance),
        online_url=rally.online_url,
        is_address_private=rally.is_address_private,
        address_hours=rally.address_hours,
        access=tuple(rally.access),
        duties=rally.duties,
        crowd=rally.crowd,
        capacity=rally.capacity,
        chats=tuple(Chat(label=one["label"], url=one["url"]) for one in rally.chats),
    )


def columns_of(details: Details) -> dict[str, object]:
    """Return the columns of a rally's row that hold these details."""
    where = details.where
    return {
        "first_on": details.first_on,
        "wall_time": details.wall_time,
        "zone": details.zone,
        "city": where.city,
        "country": where.country,
        "region": where.region,
        "place": where.place,
        "address": where.address,
        "latitude": where.latitude,
        "longitude": where.longitude,
        "day_of_action_id": details.day_of_action,
        "title": dict(details.title),
        "about": dict(details.about),
        "held_by": details.held_by,
        "languages": list(details.languages),
        "minutes": details.minutes,
        "repeat": details.repeat,
        "skipped": [one.isoformat() for one in details.skipped],
        "until_note": dict(details.until_note),
        "attendance": details.attendance,
        "online_url": details.online_url,
        "is_address_private": details.is_address_private,
        "address_hours": details.address_hours,
        "access": list(details.access),
        "duties": dict(details.duties),
        "crowd": details.crowd,
        "capacity": details.capacity,
        "chats": [{"label": one.label, "url": one.url} for one in details.chats],
    }
