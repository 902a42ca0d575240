"""From rallies to their tables of a campaign file: reading them back gives the same rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from tocsin.campaigns.models import Campaign
from tocsin.rallies.campaign_file.dates import STATES
from tocsin.rallies.campaign_file.days import rule_of
from tocsin.rallies.campaign_file.reading import ATTENDANCES
from tocsin.rallies.details import USUAL_MINUTES
from tocsin.rallies.models import DayOfAction, Occurrence, Rally
from tocsin.rallies.public_place import Pin, own_place, public_place
from tocsin.rallies.states import SHOWN, Attendance, DateState, State

_EMPTY: tuple[Any, ...] = ("", None, {}, [], False)
_ATTENDANCE_NAMES = {value: name for name, value in ATTENDANCES.items()}
_STATE_NAMES = {value: name for name, value in STATES.items()}
_USUAL_HOURS = 24


def write(campaign: Campaign, carried: Mapping[str, Any]) -> dict[str, Any]:
    """Return {"days_of_action": …, "rallies": …} as TOML.

    Of rallies those that everybody sees. Who holds them, who comes, and private addresses are no part of a
    file. What `carried` holds by key or slug goes back to its table; a list there is from a time when
    rallies had no place yet, and stands behind the others.
    """
    days = {day.pk: day for day in DayOfAction.objects.filter(campaign=campaign).order_by("pk")}
    rallies = list(Rally.objects.filter(campaign=campaign, state__in=SHOWN).order_by("pk"))
    dates = _dates(rallies)
    of_days, of_rallies = carried.get("days_of_action", {}), carried.get("rallies", {})
    return {
        "days_of_action": _together(of_days, ((day.key, _day(day)) for day in days.values())),
        "rallies": _together(of_rallies, ((one.slug, _rally(one, days, dates[one.pk])) for one in rallies)),
    }


def _together(carried: Any, tables: Iterable[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    if isinstance(carried, list):
        return [table for _, table in tables] + carried
    return [table | carried.get(key, {}) for key, table in tables]


def _day(day: DayOfAction) -> dict[str, Any]:
    rule = rule_of(day.wall_time) if day.wall_time else ""
    return _filled({"key": day.key, "title": day.title, "date": day.held_on, "rule": rule})


def _rally(rally: Rally, days: Mapping[int, DayOfAction], dates: list[dict[str, Any]]) -> dict[str, Any]:
    day = days.get(rally.day_of_action_id or 0)
    return _filled(
        {
            "title": rally.title,
            "day_of_action": day.key if day else "",
            "main": rally.is_main,
            "slug": rally.slug,
            "uid": rally.uid,
            "about": rally.about,
            "held_by": rally.held_by,
            "languages": rally.languages,
        }
        | _when(rally)
        | _where(rally)
        | {
            "access": rally.access,
            "duties": rally.duties,
            "crowd": rally.crowd,
            "capacity": rally.capacity,
            "chats": [_filled(chat) for chat in rally.chats],
            "dates": dates,
        }
    )


def _when(rally: Rally) -> dict[str, Any]:
    return {
        "starts": datetime.combine(rally.first_on, rally.wall_time),
        "minutes": None if rally.minutes == USUAL_MINUTES else rally.minutes,
        "timezone": rally.zone,
        "repeat": rally.repeat,
        "skipped": [datetime.fromisoformat(one).date() for one in rally.skipped],
        "until_note": rally.until_note,
        "ended": rally.state == State.ENDED,
    }


def _where(rally: Rally) -> dict[str, Any]:
    at = public_place(rally)
    return {
        "attendance": _ATTENDANCE_NAMES[Attendance(rally.attendance)],
        "online": rally.online_url,
        "place": at.place,
        "address": at.address,
        "private_address": rally.is_address_private,
        "address_hours": None if rally.address_hours == _USUAL_HOURS else rally.address_hours,
        "city": rally.city,
        "region": rally.region,
        "country": rally.country,
        "position": _position(at.pin),
    }


def _dates(rallies: list[Rally]) -> dict[int, list[dict[str, Any]]]:
    """Return {rally: its dates that are not as the series has them}, with one question for all of them."""
    by_number = {rally.pk: rally for rally in rallies}
    dates: dict[int, list[dict[str, Any]]] = defaultdict(list)
    campaigns = {rally.campaign_id for rally in rallies}
    rows = Occurrence.objects.filter(rally__campaign__in=campaigns, rally__state__in=SHOWN)
    for row in rows.order_by("rally", "original_on").iterator(chunk_size=2_000):
        if (rally := by_number.get(row.rally_id)) and (table := _date(row, rally)):
            dates[row.rally_id].append({"on": row.original_on} | table)
    return dates


def _date(row: Occurrence, rally: Rally) -> dict[str, Any]:
    """Return what is a date's own; empty when it is as the series has it."""
    at = own_place(rally, row)
    is_as_usual = (row.held_on, row.wall_time) == (row.original_on, rally.wall_time)
    return _filled(
        {
            "state": "" if row.state == DateState.STANDS else _STATE_NAMES[DateState(row.state)],
            "moved_to": None if is_as_usual else datetime.combine(row.held_on, row.wall_time),
            "minutes": None if row.minutes == rally.minutes else row.minutes,
            "place": at.place,
            "address": at.address,
            "position": _position(at.pin),
            "note": row.note,
        }
    )


def _position(pin: Pin) -> list[float]:
    return [degrees for degrees in pin if degrees is not None]


def _filled(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value not in _EMPTY}
