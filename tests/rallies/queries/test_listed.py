"""rallies.queries.listed: each rally once, on the date to go to, page after page."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from tests import factories
from tests.factories import rallies as factory
from tests.factories.rallies import LISBON, NOW
from tocsin.campaigns.models import Campaign
from tocsin.rallies.details import Where
from tocsin.rallies.models import DayOfAction, Occurrence, Rally
from tocsin.rallies.queries import shown
from tocsin.rallies.queries.listed import Listed, listed_rallies
from tocsin.rallies.queries.shown import NO_FILTERS, Cursor, Filters
from tocsin.rallies.states import CANCELLED_DAYS, Access, Attendance, DateState

pytestmark = pytest.mark.django_db(transaction=True)

HARTFORD = Where(city="Hartford", country="US", region="US-CT", latitude=41.76, longitude=-72.67)


@pytest.fixture
def trains() -> Campaign:
    return factories.CampaignFactory.create(slug="night-trains")


def cities(found: list[Listed]) -> list[str]:
    return [one.date.rally.city for one in found]


def days(found: list[Listed]) -> list[int]:
    return [one.date.held_on.day for one in found]


def change(of: Rally, *days_in_june: int, **columns: Any) -> None:
    Occurrence.objects.filter(rally=of, original_on__in=[date(2026, 6, day) for day in days_in_june]).update(**columns)


def test_pages_show_each_rally_once_and_leave_none_out(trains: Campaign) -> None:
    for day in (6, 6, 7, 8, 8):
        factory.rally(campaign=trains, first_on=date(2026, 6, day), repeat="FREQ=DAILY;COUNT=3")
    whole = listed_rallies(trains, now=NOW)

    pages: list[Listed] = []
    after: Cursor | None = None
    while page := listed_rallies(trains, now=NOW, after=after, limit=2):
        pages += page
        after = Cursor.read(str(shown.cursor_of(page[-1].date)))

    assert pages == whole
    assert days(whole) == [6, 6, 7, 8, 8]
    assert [one.others for one in whole] == [2] * 5
    assert whole == sorted(whole, key=lambda one: (one.date.starts_at, one.date.pk))


def test_a_series_stands_on_its_next_date_and_those_held_on_the_last(trains: Campaign) -> None:
    factory.rally(campaign=trains, repeat="FREQ=DAILY;COUNT=3")
    starts = datetime(2026, 6, 6, 10, tzinfo=UTC)

    def listed(now: datetime, *, is_over: bool = False) -> list[tuple[int, int]]:
        return [(one.date.held_on.day, one.others) for one in listed_rallies(trains, now=now, is_over=is_over)]

    assert listed(starts + timedelta(hours=1)) == [(6, 2)]  # while it runs
    assert listed(starts + timedelta(hours=2)) == [(7, 1)]
    assert listed(starts + timedelta(days=2)) == [(8, 0)]
    assert listed(starts + timedelta(days=9)) == []
    assert listed(starts, is_over=True) == []
    assert listed(starts + timedelta(days=1, hours=3), is_over=True) == [(7, 1)]


def test_a_cancelled_next_date_gives_way_to_the_one_that_takes_place_and_is_told_beside_it(trains: Campaign) -> None:
    rally = factory.rally(campaign=trains, repeat="FREQ=DAILY;COUNT=4")
    change(rally, 6, state=DateState.CANCELLED, changed_at=NOW)
    change(rally, 7, state=DateState.POSTPONED)
    change(rally, 9, state=DateState.CANCELLED, changed_at=NOW)

    (one,) = listed_rallies(trains, now=NOW)
    assert (one.date.held_on.day, [off.held_on.day for off in one.off], one.others) == (8, [6, 7], 0)
    change(rally, 8, state=DateState.CANCELLED, changed_at=NOW)
    (one,) = listed_rallies(trains, now=NOW)
    assert (one.date.held_on.day, one.off, one.others) == (6, (), 0)
    change(rally, 6, changed_at=NOW - timedelta(days=CANCELLED_DAYS + 1))
    (one,) = listed_rallies(trains, now=NOW)
    assert one.date.held_on.day == 7


def test_filtered_by_a_day_the_date_of_that_day_is_shown(trains: Campaign) -> None:
    day = DayOfAction.objects.create(campaign=trains, key="june", held_on=date(2026, 6, 8))
    theirs = factories.CampaignFactory.create()
    DayOfAction.objects.create(campaign=theirs, key="june", held_on=date(2026, 6, 7))
    series = factory.rally(campaign=trains, repeat="FREQ=DAILY;COUNT=4", day_of_action=day.pk)
    factory.rally(campaign=trains, where=LISBON, day_of_action=day.pk)  # which has none on that day
    on_day = Filters(day_of_action="june")

    assert days(listed_rallies(trains, now=NOW)) == [6, 6]
    found = listed_rallies(trains, now=NOW, filters=on_day)
    assert [(one.date.held_on.day, one.others, one.off) for one in found] == [(6, 0, ()), (8, 3, ())]
    change(series, 8, state=DateState.CANCELLED, changed_at=NOW)
    assert days(listed_rallies(trains, now=NOW, filters=on_day)) == [6, 8]
    change(series, 8, state=DateState.STANDS, held_on=date(2026, 6, 10))
    assert days(listed_rallies(trains, now=NOW, filters=on_day)) == [6, 10]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_costs_the_same_for_one_and_for_many(
    rows: int, trains: Campaign, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for _ in range(rows):
        change(factory.rally(campaign=trains, repeat="FREQ=WEEKLY"), 6, state=DateState.CANCELLED, changed_at=NOW)

    for filters, queries in ((NO_FILTERS, 3), (Filters(country="DE"), 4)):
        with django_assert_num_queries(queries):
            found = listed_rallies(trains, now=NOW, filters=filters)
            assert [(one.date.rally.campaign, one.date.rally.day_of_action) for one in found] == [(trains, None)] * rows
            assert {one.off[0].rally.campaign for one in found} == {trains}


def test_a_cancelled_date_stays_for_a_month(trains: Campaign) -> None:
    factory.rally(campaign=trains)
    Occurrence.objects.update(state=DateState.CANCELLED, changed_at=NOW)

    assert listed_rallies(trains, now=NOW + timedelta(days=CANCELLED_DAYS))
    assert not listed_rallies(trains, now=NOW + timedelta(days=CANCELLED_DAYS, seconds=1))


@pytest.mark.parametrize(
    "filters, expected",
    [
        (Filters(country="DE"), ["Kassel"]),
        (Filters(country="US", region="US-CT"), ["Hartford"]),
        (Filters(country="US", region="US-NY"), []),
        (Filters(access=frozenset({Access.STEP_FREE})), ["Kassel", "Lisbon"]),
        (Filters(access=frozenset({Access.STEP_FREE, Access.TOILETS})), ["Lisbon"]),
        (Filters(attendance=Attendance.ONLINE), ["Lisbon", ""]),
        (Filters(attendance=Attendance.IN_PERSON), ["Kassel", "Lisbon", "Hartford"]),
        (Filters(language="pt"), ["Lisbon", ""]),
        (Filters(language="p"), []),
        (Filters(language="pt", country="PT"), ["Lisbon"]),
        (Filters(day_of_action="june"), ["Lisbon"]),
        (Filters(day_of_action="july"), []),
    ],
)
@pytest.mark.parametrize("few", [0, 500])
def test_each_filter_finds_what_it_names(
    trains: Campaign, filters: Filters, expected: list[str], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "_FEW", few)  # few are found by their numbers, many by a question within
    day = DayOfAction.objects.create(campaign=trains, key="june", held_on=date(2026, 6, 6))
    url = "https://meet.example/night"
    factory.rally(campaign=trains, wall_time=time(10), access=("step-free",))
    factory.rally(
        campaign=trains,
        where=LISBON,
        wall_time=time(11),
        access=("step-free", "toilets"),
        languages=("pt", "en"),
        attendance=Attendance.BOTH,
        online_url=url,
        day_of_action=day.pk,
    )
    factory.rally(
        campaign=trains,
        where=Where(),
        wall_time=time(12),
        languages=("pt",),
        attendance=Attendance.ONLINE,
        online_url=url,
    )
    factory.rally(campaign=trains, where=HARTFORD, wall_time=time(13), languages=("en",))

    assert cities(listed_rallies(trains, now=NOW, filters=filters)) == expected
