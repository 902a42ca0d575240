"""Read a calendar back with other people's programs."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import recurring_ical_events  # type: ignore[import-untyped]  # it ships no types
from icalendar import Calendar

FAR = date(2027, 12, 31)


class Read(NamedTuple):
    """One date as a calendar program shows it; times in UTC."""

    starts_at: datetime
    ends_at: datetime
    status: str
    location: str


def parsed(body: bytes) -> Any:  # a property of icalendar's is one of thirty types; the tests know which
    """Return a calendar, read strictly: no line may be broken."""
    found = Calendar.from_ical(body)
    assert isinstance(found, Calendar)
    assert [error for part in found.walk() for error in part.errors] == []
    return found


def events(body: bytes) -> list[Any]:
    """Return the events of a calendar."""
    return list(parsed(body).walk("VEVENT"))


def expanded(body: bytes, *, since: date = date(2026, 1, 1), until: date = FAR) -> list[Read]:
    """Return the dates that recurring_ical_events finds, in order."""
    found = recurring_ical_events.of(parsed(body)).between(since, until + timedelta(days=1))
    return sorted(
        Read(
            one["DTSTART"].dt.astimezone(UTC),
            one["DTEND"].dt.astimezone(UTC),
            str(one["STATUS"]),
            str(one.get("LOCATION", "")),
        )
        for one in found
    )
