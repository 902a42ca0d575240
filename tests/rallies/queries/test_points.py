"""rallies.queries.points: each of the public's rallies once, on the date to go to, as near as all may know."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from tests import factories
from tests.factories import rallies as factory
from tests.factories.rallies import KASSEL, LISBON, NOW
from tocsin.campaigns.models import Campaign
from tocsin.rallies.details import Where
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.queries.points import Point, points
from tocsin.rallies.states import CANCELLED_DAYS, Attendance, DateState, State

pytestmark = pytest.mark.django_db(transaction=True)

HELD = NOW + timedelta(days=60)  # the first Saturday is over by then


@pytest.fixture
def trains() -> Campaign:
    return factories.CampaignFactory.create(slug="night-trains")


@pytest.fixture
def rally(trains: Campaign) -> Callable[..., Rally]:
    return lambda **changes: factory.rally(campaign=trains, **changes)


def only(campaign: Campaign, **more: object) -> Point:
    [found] = points(campaign, now=more.get("now", NOW))  # type: ignore[arg-type]  # a test's shorthand
    return found


def test_points_are_sorted_by_country_and_town(trains: Campaign, rally: Callable[..., Rally]) -> None:
    rally(where=LISBON, zone="Europe/Lisbon")
    rally()
    rally(where=Where(city="Aachen", country="DE", latitude=50.77, longitude=6.08))
    assert [(one.country, one.slug) for one in points(trains, now=NOW)] == [
        ("DE", "aachen"),
        ("DE", "kassel"),
        ("PT", "lisbon"),
    ]


def test_quinns_rallies_are_not_on_this_map(trains: Campaign, rally: Callable[..., Rally]) -> None:
    rally()
    quinns = factories.CampaignFactory.create(slug="open-libraries")
    factory.rally(campaign=quinns, where=LISBON)
    assert [one.city for one in points(trains, now=NOW)] == ["Kassel"]
    assert [one.city for one in points(quinns, now=NOW)] == ["Lisbon"]


@pytest.mark.parametrize("state", [State.ASKED, State.ANNOUNCED, State.RETURNED, State.REFUSED, State.MERGED])
def test_what_nobody_has_approved_is_not_on_it(trains: Campaign, rally: Callable[..., Rally], state: State) -> None:
    rally(state=state)
    assert points(trains, now=NOW) == []


def test_a_series_is_one_point_on_its_next_date_that_stands(trains: Campaign, rally: Callable[..., Rally]) -> None:
    weekly = rally(repeat="FREQ=WEEKLY")
    Occurrence.objects.filter(rally=weekly, original_on=date(2026, 6, 6)).update(state=DateState.CANCELLED)
    Occurrence.objects.filter(rally=weekly, original_on=date(2026, 6, 13)).update(state=DateState.POSTPONED)
    found = only(trains)
    assert (found.starts_at.date(), found.state, found.is_over) == (date(2026, 6, 20), DateState.STANDS, False)


def test_what_is_cancelled_stays_for_a_month_and_says_so(trains: Campaign, rally: Callable[..., Rally]) -> None:
    Occurrence.objects.filter(rally=rally()).update(state=DateState.CANCELLED, changed_at=NOW)
    assert only(trains).state == DateState.CANCELLED
    assert points(trains, now=NOW + timedelta(days=CANCELLED_DAYS, minutes=1)) == []


def test_what_was_held_stays_and_what_was_cancelled_is_gone_with_its_day(
    trains: Campaign, rally: Callable[..., Rally]
) -> None:
    rally()
    Occurrence.objects.filter(rally=rally(where=LISBON)).update(state=DateState.CANCELLED, changed_at=HELD)
    found = only(trains, now=HELD)
    assert (found.city, found.is_over, found.starts_at.date()) == ("Kassel", True, date(2026, 6, 6))


def test_a_private_address_is_never_exact_whatever_is_stored(trains: Campaign, rally: Callable[..., Rally]) -> None:
    at_home = rally(is_address_private=True)
    Rally.objects.filter(pk=at_home.pk).update(latitude=51.316742, longitude=9.498271)
    found = only(trains)
    assert (found.place, found.is_approximate) == ((51.3, 9.5), True)
    Occurrence.objects.filter(rally=at_home).update(latitude=51.2123456, longitude=9.3912345)
    assert only(trains).place == (51.3, 9.5)


def test_a_date_that_is_elsewhere_is_there(trains: Campaign, rally: Callable[..., Rally]) -> None:
    Occurrence.objects.filter(rally=rally()).update(latitude=51.3, longitude=9.4)
    assert only(trains).place == (51.3, 9.4)


def test_what_is_online_alone_has_no_place(trains: Campaign, rally: Callable[..., Rally]) -> None:
    rally(attendance=Attendance.ONLINE, online_url="https://meet.example/")
    assert only(trains).place is None


def test_ten_thousand_cost_as_many_queries_as_one(
    trains: Campaign, rally: Callable[..., Rally], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rally(where=KASSEL)
    with django_assert_num_queries(1):
        assert len(points(trains, now=NOW)) == 1
    for _ in range(2):
        rally(repeat="FREQ=WEEKLY")
    with django_assert_num_queries(1):
        assert len(points(trains, now=NOW)) == 3
