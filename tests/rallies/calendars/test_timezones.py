"""Our VTIMEZONE of any zone, read by icalendar, tells the same time as the zone itself."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from icalendar import Timezone

from tocsin.rallies.calendars.timezones import vtimezone

# Zones by how they change: by weekday, by weekday after another, not at all, by the moon, negative in winter.
TELLING = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Asuncion",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/Dublin",
    "Europe/Kyiv",
    "Pacific/Chatham",
    "Pacific/Norfolk",
    "UTC",
)


def read(zone: str, first_year: int) -> Any:  # a property of icalendar's is one of thirty types
    found = Timezone.from_ical("\r\n".join(vtimezone(zone, first_year)) + "\r\n")
    assert isinstance(found, Timezone)
    return found


@pytest.mark.parametrize("zone", TELLING)
def test_it_tells_the_same_time_for_ten_years(zone: str) -> None:
    there, theirs = ZoneInfo(zone), read(zone, 2026).to_tz(lookup_tzid=False)
    noons = [datetime(2026, 1, 1, 12) + timedelta(days=day) for day in range(3650)]  # noqa: DTZ001  a wall's clock
    wrong = [
        noon for noon in noons if noon.replace(tzinfo=theirs).utcoffset() != noon.replace(tzinfo=there).utcoffset()
    ]
    assert wrong == []


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Sydney", "America/Santiago"])
def test_a_zone_that_changes_by_rule_has_one_standard_and_one_daylight_for_ever(zone: str) -> None:
    found = read(zone, 2026)
    assert sorted(part.name for part in found.subcomponents) == ["DAYLIGHT", "STANDARD"]
    assert all("UNTIL" not in part["RRULE"] for part in found.subcomponents)


def test_a_rule_that_began_after_the_first_year_leaves_the_years_before_as_they_were() -> None:
    theirs = read("America/New_York", 2005).to_tz(lookup_tzid=False)
    there = ZoneInfo("America/New_York")
    for day in (datetime(2006, 3, 20, 12), datetime(2007, 3, 20, 12), datetime(2031, 3, 20, 12)):  # noqa: DTZ001
        assert day.replace(tzinfo=theirs).utcoffset() == day.replace(tzinfo=there).utcoffset()


def test_every_zone_there_is_can_be_written() -> None:
    for zone in available_timezones() - {"Factory", "localtime"}:
        lines = vtimezone(zone, 2026)
        assert lines.count("BEGIN:STANDARD") >= 1
        assert len(lines) < 400
