"""Rallies as schema.org has events, for search engines and calendars that read pages (JSON-LD 1.1).

A block of data, not a script: a browser does not run it and no policy for scripts stops it (HTML,
section 4.12.1, "prepare the script element"). What Google asks of an event is name, startDate, location.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tocsin.kit.zones import zone_of
from tocsin.rallies import wording
from tocsin.rallies.models import Rally
from tocsin.rallies.public_place import public_place
from tocsin.rallies.states import Attendance, DateState
from tocsin.website.poster import Poster
from tocsin.website.rally_dates import RallyDate

_SCHEMA = "https://schema.org"
_MOST_SUBEVENTS = 50
_STATUS = {
    DateState.STANDS: f"{_SCHEMA}/EventScheduled",
    DateState.CANCELLED: f"{_SCHEMA}/EventCancelled",
    DateState.POSTPONED: f"{_SCHEMA}/EventPostponed",
}
_MODE = {
    Attendance.IN_PERSON: f"{_SCHEMA}/OfflineEventAttendanceMode",
    Attendance.ONLINE: f"{_SCHEMA}/OnlineEventAttendanceMode",
    Attendance.BOTH: f"{_SCHEMA}/MixedEventAttendanceMode",
}
_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_FREQUENCY = {"DAILY": "D", "WEEKLY": "W", "MONTHLY": "M", "YEARLY": "Y"}
# What could end the block, begin a comment in it or look like a slot (website.slots) is written as JSON's own escapes.
_INERT = {ord(char): f"\\u{ord(char):04x}" for char in "<>&@\u2028\u2029"}


def script_of(thing: Mapping[str, Any]) -> SafeString:
    """Return the block of data for a page's head; nothing in it can end it."""
    words = orjson.dumps({"@context": _SCHEMA, **thing}).decode().translate(_INERT)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(words))  # noqa: S308  made inert above


def event_of(this: RallyDate, poster: Poster) -> dict[str, Any]:
    """Return one date of a rally as an Event, with the series and the campaign that it is part of."""
    rally, row = this.rally, this.occurrence
    about, _ = wording.about_in(rally, this.language)
    campaign = _campaign_of(poster)
    return _without_empty(
        {
            **_brief(this, poster),
            "eventAttendanceMode": _MODE[Attendance(rally.attendance)],
            "previousStartDate": _previous_start(this),
            "description": about or poster.description,
            "image": [f"{poster.base_url}{this.card_path}"],
            "inLanguage": list(rally.languages),
            "isAccessibleForFree": True,
            "organizer": {"@type": "Organization", "name": rally.held_by} if rally.held_by else _organisers(poster),
            "sponsor": _organisers(poster) if rally.held_by else None,
            "maximumAttendeeCapacity": rally.capacity,
            "remainingAttendeeCapacity": max(0, rally.capacity - row.coming) if rally.capacity else None,
            "superEvent": {**_series_of(this, poster), "superEvent": campaign} if rally.repeat else campaign,
        }
    )


def series_of(poster: Poster, dates: Sequence[RallyDate]) -> dict[str, Any]:
    """Return the campaign as a series of events, the rallies of one page of its list as its parts.

    Each is there as the list has it: once, on its next date, which says of which series it is.
    """
    return {**_campaign_of(poster), "subEvent": [_part(one, poster) for one in dates[:_MOST_SUBEVENTS]]}


def schedule_of(rally: Rally) -> dict[str, Any]:
    """Return a rally's rule as a Schedule; the hour is the place's, so that summer time does not move it."""
    parts = dict(part.split("=", 1) for part in rally.repeat.split(";") if "=" in part)
    days = [f"{_SCHEMA}/{_DAYS[code]}" if code in _DAYS else code for code in parts.get("BYDAY", "").split(",") if code]
    until = parts.get("UNTIL", "")
    return _without_empty(
        {
            "@type": "Schedule",
            "repeatFrequency": f"P{parts.get('INTERVAL', '1')}{_FREQUENCY.get(parts.get('FREQ', ''), 'W')}",
            "byDay": days,
            "byMonthDay": [int(one) for one in parts.get("BYMONTHDAY", "").split(",") if one],
            "byMonth": [int(one) for one in parts.get("BYMONTH", "").split(",") if one],
            "repeatCount": int(parts["COUNT"]) if "COUNT" in parts else None,
            "startDate": rally.first_on.isoformat(),
            "endDate": f"{until[:4]}-{until[4:6]}-{until[6:8]}" if until else None,
            "startTime": rally.wall_time.isoformat(timespec="seconds"),
            "duration": f"PT{rally.minutes}M",
            "scheduleTimezone": rally.zone,
            "exceptDate": [f"{on}T{rally.wall_time.isoformat(timespec='seconds')}" for on in rally.skipped],
        }
    )


def _part(this: RallyDate, poster: Poster) -> dict[str, Any]:
    brief = _brief(this, poster)
    return {**brief, "superEvent": _series_of(this, poster)} if this.rally.repeat else brief


def _brief(this: RallyDate, poster: Poster) -> dict[str, Any]:
    status = _STATUS[DateState(this.occurrence.state)]
    return _without_empty(
        {
            "@type": "Event",
            "name": this.title,
            "url": f"{poster.base_url}{this.path}",
            "startDate": _iso(this.starts),
            "endDate": _iso(this.ends),
            "eventStatus": f"{_SCHEMA}/EventRescheduled" if this.is_moved else status,
            "location": _location(this),
        }
    )


def _location(this: RallyDate) -> object:
    rally = this.rally
    online = {"@type": "VirtualLocation", "url": rally.online_url}
    if this.is_online_alone:
        return online
    return [_place(this), online] if this.is_online else _place(this)


def _place(this: RallyDate) -> dict[str, Any]:
    rally = this.rally
    at = public_place(rally, this.occurrence)
    latitude, longitude = at.pin
    address = {
        "@type": "PostalAddress",
        "streetAddress": at.address,
        "addressLocality": rally.city,
        "addressRegion": rally.region,
        "addressCountry": rally.country,
    }
    pin = {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}
    is_known = latitude is not None and not rally.is_address_private
    return _without_empty(
        {
            "@type": "Place",
            "name": at.place or rally.city,
            "address": _without_empty(address),
            "geo": pin if is_known else None,
        }
    )


def _previous_start(this: RallyDate) -> str | None:
    if this.is_moved and this.has_begun:
        return this.occurrence.original_on.isoformat()  # at which hour its series was then, nobody knows any more
    if this.is_moved:
        return _iso(this.starts_before_move.astimezone(zone_of(this.rally.zone)))
    return _iso(this.starts) if this.is_postponed else None


def _series_of(this: RallyDate, poster: Poster) -> dict[str, Any]:
    return {
        "@type": "EventSeries",
        "name": this.title,
        "url": f"{poster.url}rallies/{this.rally.slug}/",
        "eventSchedule": schedule_of(this.rally),
    }


def _campaign_of(poster: Poster) -> dict[str, Any]:
    return {
        "@type": "EventSeries",
        "name": poster.title,
        "url": poster.url,
        "organizer": _organisers(poster),
    }


def _organisers(poster: Poster) -> list[dict[str, str]]:
    named = [_without_empty({"@type": "Organization", "name": one.name, "url": one.url}) for one in poster.organisers]
    return named or [{"@type": "Organization", "name": poster.title, "url": poster.url}]


def _iso(at: datetime | date) -> str:
    return at.isoformat()


def _without_empty(thing: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if value not in (None, "", [], {})}
