from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests import factories
from tests.factories import rallies as factory
from tests.factories.rallies import KASSEL, LISBON, NOW
from tocsin.campaigns.models import Campaign
from tocsin.rallies.details import Where
from tocsin.rallies.models import DayOfAction, Occurrence, Rally
from tocsin.rallies.queries import shown
from tocsin.rallies.queries.listed import listed_rallies
from tocsin.rallies.queries.shown import Choices, Cursor, Totals
from tocsin.rallies.states import DateState, State

pytestmark = pytest.mark.django_db(transaction=True)

TOKYO = Where(city="Tokyo", country="JP", place="Yoyogi Park", latitude=35.67, longitude=139.69)
HARTFORD = Where(city="Hartford", country="US", region="US-CT", latitude=41.76, longitude=-72.67)


@pytest.fixture
def trains() -> Campaign:
    return factories.CampaignFactory.create(slug="night-trains")


@pytest.fixture
def quinns() -> Campaign:
    return factories.CampaignFactory.create(slug="open-libraries")


def cities(found: list[Occurrence]) -> list[str]:
    return [one.rally.city for one in found]


def change(of: Rally, on: date | None = None, **columns: Any) -> None:
    rows = Occurrence.objects.filter(rally=of)
    (rows if on is None else rows.filter(original_on=on)).update(**columns)


def test_a_rally_is_found_by_its_address_in_its_own_campaign_alone(trains: Campaign, quinns: Campaign) -> None:
    rally = factory.rally(campaign=trains)

    assert shown.rally_at(trains, "kassel") == rally
    assert shown.rally_at(quinns, "kassel") is None
    assert shown.rally_at(trains, "lisbon") is None


@pytest.mark.parametrize(
    "state, is_there, is_on_lists",
    [
        (State.ASKED, False, False),
        (State.ANNOUNCED, True, False),
        (State.APPROVED, True, True),
        (State.RETURNED, True, False),
        (State.REFUSED, False, False),
        (State.ENDED, True, True),
    ],
)
def test_what_is_not_approved_is_there_by_its_link_alone(
    trains: Campaign, state: State, *, is_there: bool, is_on_lists: bool
) -> None:
    rally = factory.rally(campaign=trains, state=state)

    assert (shown.rally_at(trains, rally.slug) is not None) == is_there
    assert shown.is_shown(rally) == is_on_lists
    assert bool(listed_rallies(trains, now=NOW)) == is_on_lists
    assert bool(shown.next_occurrences(trains, NOW, 5)) == is_on_lists
    assert shown.totals(trains, NOW).rallies == int(is_on_lists)
    assert bool(shown.choices(trains).countries) == is_on_lists


def test_a_merged_rally_answers_with_the_one_it_was_merged_into_however_often(trains: Campaign) -> None:
    kept, first, second = (factory.rally(campaign=trains) for _ in range(3))
    Rally.objects.filter(pk=first.pk).update(state=State.MERGED, merged_into=second)
    Rally.objects.filter(pk=second.pk).update(state=State.MERGED, merged_into=kept)

    assert shown.rally_at(trains, first.slug) == kept


def test_rallies_merged_in_a_ring_answer_with_nothing(trains: Campaign) -> None:
    first, second = factory.rally(campaign=trains), factory.rally(campaign=trains)
    Rally.objects.filter(pk=first.pk).update(state=State.MERGED, merged_into=second)
    Rally.objects.filter(pk=second.pk).update(state=State.MERGED, merged_into=first)

    assert shown.rally_at(trains, first.slug) is None


def test_nobody_is_led_into_another_campaign_or_to_a_refused_rally(trains: Campaign, quinns: Campaign) -> None:
    elsewhere = factory.rally(campaign=quinns)
    refused = factory.rally(campaign=trains, state=State.REFUSED)
    merged = factory.rally(campaign=trains)

    for into in (elsewhere, refused):
        Rally.objects.filter(pk=merged.pk).update(state=State.MERGED, merged_into=into)
        assert shown.rally_at(trains, merged.slug) is None


def test_a_date_is_found_by_the_day_its_series_gives_wherever_it_was_moved(trains: Campaign) -> None:
    rally = factory.rally(campaign=trains)
    change(rally, held_on=date(2026, 6, 7))

    found = shown.occurrence_on(rally, date(2026, 6, 6))
    assert found is not None
    assert found.held_on == date(2026, 6, 7)
    assert shown.occurrence_on(rally, date(2026, 6, 7)) is None


def test_the_next_dates_come_in_the_order_of_the_sun_and_one_a_rally(trains: Campaign, quinns: Campaign) -> None:
    factory.rally(campaign=trains, where=LISBON, zone="Europe/Lisbon")
    factory.rally(campaign=trains, where=KASSEL, repeat="FREQ=DAILY;COUNT=5")
    factory.rally(campaign=trains, where=TOKYO, zone="Asia/Tokyo")
    factory.rally(campaign=quinns, where=HARTFORD, zone="America/New_York")

    assert cities(shown.next_occurrences(trains, NOW, 9)) == ["Tokyo", "Kassel", "Lisbon"]
    assert cities(shown.next_occurrences(trains, NOW, 2)) == ["Tokyo", "Kassel"]


def test_the_main_rally_stands_first_among_those_of_one_hour(trains: Campaign) -> None:
    factory.rally(campaign=trains, where=LISBON)
    factory.rally(campaign=trains, where=KASSEL, is_main=True)

    assert cities(shown.next_occurrences(trains, NOW, 9)) == ["Kassel", "Lisbon"]


def test_the_main_rally_is_found_whenever_it_is_next(trains: Campaign, quinns: Campaign) -> None:
    factory.rally(campaign=trains)
    factory.rally(campaign=quinns, is_main=True)
    assert shown.next_of_main_rally(trains, NOW) is None
    main = factory.rally(campaign=trains, is_main=True, first_on=date(2026, 7, 4), repeat="FREQ=WEEKLY;COUNT=2")
    change(main, date(2026, 7, 4), state=DateState.CANCELLED)

    found = shown.next_of_main_rally(trains, NOW)
    assert found is not None
    assert (found.rally, found.held_on) == (main, date(2026, 7, 11))


def test_what_runs_is_still_next_and_what_is_cancelled_or_postponed_is_not(trains: Campaign) -> None:
    weekly = factory.rally(campaign=trains, repeat="FREQ=WEEKLY")
    at_noon = datetime(2026, 6, 6, 10, 30, tzinfo=UTC)

    (one,) = shown.next_occurrences(trains, at_noon, 9)
    assert one.held_on == date(2026, 6, 6)
    (one,) = shown.next_occurrences(trains, at_noon + timedelta(hours=2), 9)
    assert one.held_on == date(2026, 6, 13)
    change(weekly, date(2026, 6, 6), state=DateState.CANCELLED)
    change(weekly, date(2026, 6, 13), state=DateState.POSTPONED)
    (one,) = shown.next_occurrences(trains, at_noon, 9)
    assert one.held_on == date(2026, 6, 20)


@pytest.mark.parametrize(
    "text", ["", ".", "a.b.c", "-1.1", "1.-1", "A.1", " 1.1", "1.1 ", "f" * 40 + ".1", "1." + "f" * 17]
)
def test_what_is_no_cursor_is_none(text: str) -> None:
    assert Cursor.read(text) is None


def test_totals_count_rallies_towns_and_countries_but_nothing_cancelled(trains: Campaign, quinns: Campaign) -> None:
    factory.rally(campaign=trains, repeat="FREQ=DAILY;COUNT=3")
    factory.rally(campaign=trains)
    factory.rally(campaign=trains, where=Where(city="Springfield", country="US", region="US-IL"))
    factory.rally(campaign=trains, where=Where(city="Springfield", country="US", region="US-MA"))
    change(factory.rally(campaign=trains, where=LISBON), state=DateState.CANCELLED)
    factory.rally(campaign=quinns, where=TOKYO)

    assert shown.totals(trains, NOW) == Totals(rallies=4, cities=3, countries=2, upcoming=4, over=0)
    assert shown.totals(trains, datetime(2026, 6, 7, 11, tzinfo=UTC)) == Totals(4, 3, 2, upcoming=1, over=4)
    assert shown.totals(factories.CampaignFactory.create(), NOW) == shown.NO_RALLIES


def test_only_what_finds_something_is_offered_as_a_filter(trains: Campaign, quinns: Campaign) -> None:
    day = DayOfAction.objects.create(campaign=trains, key="june", held_on=date(2026, 6, 6))
    DayOfAction.objects.create(campaign=trains, key="empty", held_on=date(2026, 6, 7))
    factory.rally(campaign=trains, access=("toilets",), day_of_action=day.pk)
    factory.rally(campaign=trains, languages=("pl", "de"))
    factory.rally(campaign=trains, where=HARTFORD, languages=())
    factory.rally(campaign=quinns, where=TOKYO, access=("seating",), languages=("ja",))

    assert shown.choices(trains) == Choices(
        countries=(("DE", 2), ("US", 1)),
        regions=(("US", "US-CT", 1),),
        languages=("de", "pl"),
        access=frozenset({"toilets"}),
        has_online=False,
        days=(day,),
    )


def test_the_date_to_show_is_the_next_that_stands_else_the_next_else_the_last(trains: Campaign) -> None:
    rally = factory.rally(campaign=trains, repeat="FREQ=WEEKLY;COUNT=2")
    first, second = shown.occurrences_of(rally)

    assert shown.date_to_show([first, second], NOW) == first
    assert shown.date_to_show([first, second], first.ends_at) == second
    assert shown.date_to_show([first, second], second.ends_at) == second
    first.state = DateState.CANCELLED
    assert shown.date_to_show([first, second], NOW) == second
    second.state = DateState.CANCELLED
    assert shown.date_to_show([first, second], NOW) == first
    assert shown.date_to_show([], NOW) is None


@pytest.mark.parametrize("rows", [1, 3])
def test_questions_cost_the_same_for_one_and_for_many(
    rows: int, trains: Campaign, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for _ in range(rows):
        factory.rally(campaign=trains, repeat="FREQ=WEEKLY")

    with django_assert_num_queries(1):
        assert len([one.rally.campaign.slug for one in shown.next_occurrences(trains, NOW, 9)]) == rows
    Rally.objects.update(is_main=True)
    with django_assert_num_queries(2):
        assert shown.next_of_main_rally(trains, NOW) is not None
    with django_assert_num_queries(1):
        assert shown.totals(trains, NOW).rallies == rows
    with django_assert_num_queries(3):
        shown.choices(trains)
    with django_assert_num_queries(1):
        rally = shown.rally_at(trains, "kassel")
        assert rally is not None
        assert rally.campaign.slug == "night-trains"
