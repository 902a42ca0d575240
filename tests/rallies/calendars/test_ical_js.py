"""Calendars of rallies, read back in a browser by ical.js, which Thunderbird and many web pages read calendars with."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.rallies.calendars.unsaved import calendar_of, date_of, rally_of
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.series import dates
from tocsin.rallies.states import DateState

pytestmark = [pytest.mark.browser, pytest.mark.any_database]

MODULE = Path(__file__).parents[2] / "vendor/ical.js/ical.min.js"
READ = """
async ([body, most]) => {
    const ICAL = (await import("/ical.min.js")).default;
    const whole = new ICAL.Component(ICAL.parse(body));
    for (const zone of whole.getAllSubcomponents("vtimezone")) {
        ICAL.TimezoneService.register(new ICAL.Timezone(zone));
    }
    const all = whole.getAllSubcomponents("vevent");
    const event = new ICAL.Event(all.find(one => !one.hasProperty("recurrence-id")));
    for (const one of all.filter(one => one.hasProperty("recurrence-id"))) { event.relateException(one); }
    const found = [];
    const dates = event.iterator();
    for (let next = dates.next(); next && found.length < most; next = dates.next()) {
        const one = event.getOccurrenceDetails(next);
        found.push([
            one.startDate.toUnixTime(), one.endDate.toUnixTime(),
            one.item.component.getFirstPropertyValue("status"), one.item.location,
        ]);
    }
    return found.sort();
}
"""
LAST = date(2027, 6, 30)


@pytest.fixture
def page(browser: Browser) -> Page:
    page = browser.new_page()

    def answer(route: Route) -> None:
        is_module = route.request.url.endswith(".js")
        text = MODULE.read_text(encoding="utf-8") if is_module else "<!doctype html><title>Calendar</title>"
        route.fulfill(body=text, content_type="text/javascript" if is_module else "text/html")

    page.route("**/*", answer)
    page.goto("http://calendar.test/")
    return page


def read(page: Page, rally: Rally, rows: list[Occurrence]) -> list[tuple[datetime, datetime, str, str]]:
    """Return what ical.js makes of a rally's calendar, as many dates as it has rows."""
    found: list[Any] = page.evaluate(READ, [calendar_of(rally, rows).decode(), len(rows)])
    return [(_moment(start), _moment(end), status, place) for start, end, status, place in found]


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def known(rows: list[Occurrence]) -> list[tuple[datetime, datetime]]:
    return sorted((one.starts_at, one.ends_at) for one in rows)


def rows_of(rally: Rally, changed: dict[date, dict[str, Any]] | None = None) -> list[Occurrence]:
    skipped = [date.fromisoformat(one) for one in rally.skipped]
    given = dates(first_on=rally.first_on, repeat=rally.repeat, skipped=skipped, until=LAST)
    return [date_of(rally, on, **(changed or {}).get(on, {})) for on in given]


def test_a_series_over_a_change_of_the_clocks_with_dates_of_their_own(page: Page) -> None:
    rally = rally_of(
        first_on=date(2026, 10, 2),
        wall_time=time(19, 30),
        zone="America/New_York",
        repeat="FREQ=WEEKLY;UNTIL=20261127",
        skipped=(date(2026, 10, 9),),
    )
    changed: dict[date, dict[str, Any]] = {
        date(2026, 10, 16): {"state": DateState.CANCELLED},
        date(2026, 10, 30): {"held_on": date(2026, 11, 1), "wall_time": time(11)},
        date(2026, 11, 13): {"place": "Old State House"},
    }
    rows = rows_of(rally, changed)
    found = read(page, rally, rows)
    assert [one[:2] for one in found] == known(rows)
    assert len(found) == 8
    assert [one[2] for one in found] == ["CONFIRMED", "CANCELLED", *["CONFIRMED"] * 6]
    assert [one[3] for one in found].count("Old State House, Kassel, Germany") == 1
    hours = {one[0].astimezone(UTC).hour for one in found}
    assert hours == {23, 0, 16}  # before, after, and the one that was moved


@pytest.mark.parametrize(
    "zone",
    ["Europe/Berlin", "America/Santiago", "America/Nuuk", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Kolkata"],
)
def test_a_weekly_hour_stays_the_hour_of_its_place(page: Page, zone: str) -> None:
    rally = rally_of(first_on=date(2026, 8, 1), wall_time=time(18), zone=zone, repeat="FREQ=WEEKLY")
    rows = rows_of(rally)
    assert [one[:2] for one in read(page, rally, rows)] == known(rows)


@pytest.mark.parametrize(
    "repeat",
    [
        "FREQ=DAILY;INTERVAL=3;COUNT=20",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=12",
        "FREQ=MONTHLY;BYDAY=-1SA;COUNT=6",
        "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=4",
        "FREQ=WEEKLY;BYDAY=SA;UNTIL=20270327",
    ],
)
def test_every_kind_of_rule_and_a_first_date_beside_it(page: Page, repeat: str) -> None:
    for first_on in (date(2026, 9, 30), date(2026, 10, 3)):
        rally = rally_of(first_on=first_on, wall_time=time(18), zone="Europe/Lisbon", repeat=repeat)
        rows = rows_of(rally)
        assert [one[:2] for one in read(page, rally, rows)] == known(rows)


def test_a_rally_that_is_held_once(page: Page) -> None:
    rally = rally_of(first_on=date(2026, 10, 3), wall_time=time(12), zone="Asia/Tokyo")
    rows = [date_of(rally, date(2026, 10, 3), held_on=date(2026, 10, 3) + timedelta(days=1))]
    assert [one[:2] for one in read(page, rally, rows)] == known(rows)
