"""Read the forms of hosts: the one that announces a rally, the one that changes it, and who somebody is.

What is wrong is said by field, all at once, in the language that is active. Reading asks the gazetteer, and
nothing that is stored: no answer depends on who has announced what.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from tocsin.campaigns.models import Campaign
from tocsin.kit import addresses, names
from tocsin.rallies.checks import MAX_MINUTES, MIN_MINUTES
from tocsin.rallies.detail_fields import FARTHEST_AHEAD, Reading, day_typed, hour_typed, read_details, repeat_of
from tocsin.rallies.details import USUAL_MINUTES, Details
from tocsin.rallies.domain.headcounts import Reported
from tocsin.rallies.domain.move_date import Move
from tocsin.rallies.headcount_fields import read_report
from tocsin.rallies.hosts import Person, PrivatePlace
from tocsin.rallies.models import DayOfAction
from tocsin.rallies.problems import Problem
from tocsin.rallies.refusals import Refusal, Refused
from tocsin.rallies.states import Source
from tocsin.rallies.town_field import label_of_parts


@dataclass(frozen=True, slots=True)
class Announcement:
    """A rally as its host announces it."""

    details: Details
    private: PrivatePlace
    person: Person


@dataclass(frozen=True, slots=True)
class Change:
    """A rally as its host wants it from now on."""

    details: Details
    private: PrivatePlace


class Problems(NamedTuple):
    """What is wrong with a form: a sentence for each field, and the address that was probably meant."""

    by_field: dict[str, str]
    suggested_email: str = ""


def read_announcement(
    values: Mapping[str, str], *, campaign: Campaign, language: str, days: Sequence[DayOfAction], now: datetime
) -> Announcement | Problems:
    """Return what was announced, or all of its problems at once."""
    reading = Reading(values, campaign, language, now)
    read = read_details(reading, days)
    person, suggestion = _person(reading)
    if not values.get("consent"):
        reading.complain("consent", Problem.CONSENT_MISSING)
    if read is None or person is None or reading.wrong:
        return Problems(reading.wrong, suggestion)
    return Announcement(*read, person)


def read_change(
    values: Mapping[str, str],
    *,
    campaign: Campaign,
    language: str,
    days: Sequence[DayOfAction],
    before: Details,
    now: datetime,
) -> Change | Problems:
    """Return a rally's new details, or all that is wrong with them at once; what the form does not show stays."""
    reading = Reading(values, campaign, language, now, before)
    read = read_details(reading, days)
    return Problems(reading.wrong) if read is None else Change(*read)


def read_person(values: Mapping[str, str], *, campaign: Campaign, language: str, now: datetime) -> Person | Problems:
    """Return somebody's name and address, for who is asked to hold a rally or to help with it."""
    reading = Reading(values, campaign, language, now)
    person, suggestion = _person(reading)
    return Problems(reading.wrong, suggestion) if person is None else person


def values_of(details: Details, private: PrivatePlace | None, language: str) -> dict[str, str]:
    """Return a rally's details as the form has them, to be changed."""
    where, sealed = details.where, private or PrivatePlace()
    repeat, until = repeat_of(details.repeat, details.first_on)
    pin = (sealed.latitude, sealed.longitude) if details.is_address_private else (where.latitude, where.longitude)
    first_chat = details.chats[0] if details.chats else None
    values = {
        "town": label_of_parts(where.city, where.region, where.country, language),
        "place": sealed.place or where.place,
        "address": sealed.address or where.address,
        "private": "yes" if details.is_address_private else "",
        "latitude": _number(pin[0]),
        "longitude": _number(pin[1]),
        "date": details.first_on.isoformat(),
        "time": f"{details.wall_time:%H:%M}",
        "minutes": str(details.minutes),
        "repeat": repeat,
        "until": until,
        "attendance": str(int(details.attendance)),
        "online_url": details.online_url,
        "crowd": _number(details.crowd),
        "capacity": _number(details.capacity),
        "title": _text(details.title, language),
        "about": _text(details.about, language),
        "held_by": details.held_by,
        "chat_url": first_chat.url if first_chat else "",
        "chat_label": first_chat.label if first_chat else "",
    }
    ticked = [f"access-{one}" for one in details.access] + [f"language-{code}" for code in details.languages]
    # What date and hour the form was opened with: who leaves them alone leaves them as they are by then.
    values |= {f"{name}_was": values[name] for name in ("date", "time")}
    return (
        values | dict.fromkeys(ticked, "yes") | {f"duty-{name}": str(count) for name, count in details.duties.items()}
    )


def _text(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")


def _number(number: float | None) -> str:
    return "" if number is None else str(number)


def _person(reading: Reading) -> tuple[Person | None, str]:
    """Return who somebody is, and the address that was probably meant; None when something is wrong."""
    name, suggestion = names.tidy(reading.values.get("name", "")), ""
    if not name:
        reading.complain("name", Problem.NAME_MISSING)
    elif names.refusal(name) is not None:
        reading.complain("name", Problem.NAME_NOT_A_NAME)
    typed = reading.typed("email")
    address = addresses.parse(typed)
    if address is None:
        reading.complain("email", Problem.EMAIL_UNREADABLE if typed else Problem.EMAIL_MISSING)
    elif reading.values.get("email_as_typed", "") != address.typed and (slip := addresses.likely_slip(address)):
        reading.complain("email", Problem.EMAIL_LIKELY_SLIP)
        suggestion = slip
    if address is None or {"name", "email"} & reading.wrong.keys():
        return None, suggestion
    return Person(name, address, reading.language), ""


def read_move(values: Mapping[str, str], *, campaign: Campaign, language: str, now: datetime) -> Move | Problems:
    """Return when and where one date is held instead, or all that is wrong with it."""
    reading = Reading(values, campaign, language, now)
    on = day_typed(reading, "date", Refused("date", Refusal.DATE_MISSING))
    at = hour_typed(reading, "time", Refused("time", Refusal.TIME_MISSING))
    minutes = reading.number("minutes") or USUAL_MINUTES
    if not MIN_MINUTES <= minutes <= MAX_MINUTES:
        reading.complain("minutes", Refused("minutes", Refusal.NUMBER_SHAPE, f"{MIN_MINUTES} – {MAX_MINUTES}"))
    if on is not None and on - now.date() > FARTHEST_AHEAD:
        reading.complain("date", Problem.DATE_FAR)
    if on is None or at is None or reading.wrong:
        return Problems(reading.wrong)
    return Move(
        held_on=on,
        wall_time=at,
        minutes=minutes,
        place=reading.typed("place"),
        address=reading.typed("address"),
        note=reading.typed("note"),
    )


def read_host_report(values: Mapping[str, str]) -> Reported | tuple[Refused, ...]:
    """Return how many came as a host says it, or everything that is wrong with it."""
    read = read_report({**values, "source": Source.ATTENDEE.value, "source_name": ""})
    return replace(read, source=Source.HOST.value) if isinstance(read, Reported) else read
