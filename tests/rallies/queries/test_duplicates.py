"""Two announcements of one rally are found by place and time, and two rallies are not taken for one."""

import math
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tests.factories.rallies import KASSEL
from tocsin.campaigns.models import Campaign
from tocsin.kit.places import distance_km
from tocsin.rallies.details import Where
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.queries.duplicates import Spot, alike, duplicates_among, duplicates_of
from tocsin.rallies.states import Attendance, State

pytestmark = pytest.mark.django_db(transaction=True)

SATURDAY = date(2026, 6, 6)
# Of each pair of towns of one name or of one street, what a list of past rallies has: a locality, a state and a pin.
SPRINGFIELD_IL = Where(city="Springfield", country="US", region="US-IL", latitude=39.80, longitude=-89.64)
SPRINGFIELD_MA = Where(city="Springfield", country="US", region="US-MA", latitude=42.10, longitude=-72.59)
EAST_CHICAGO = Where(city="East Chicago", country="US", region="US-IN", latitude=41.6392, longitude=-87.4548)
HAMMOND = Where(city="Hammond", country="US", region="US-IN", latitude=41.6392, longitude=-87.4800)
LAREDO = Where(city="Laredo", country="US", region="US-TX", latitude=27.503, longitude=-99.507)
NUEVO_LAREDO = Where(city="Nuevo Laredo", country="MX", latitude=27.486, longitude=-99.507)


@pytest.fixture
def trains() -> Campaign:
    return CampaignFactory.create(slug="night-trains")


def _found(campaign: Campaign, rally: Rally) -> list[Rally]:
    return [like.rally for like in duplicates_among(campaign, [rally]).get(rally.pk, [])]


def test_a_rally_announced_twice_is_found_whichever_is_asked_about(trains: Campaign) -> None:
    first = factory.rally(campaign=trains)
    again = factory.rally(campaign=trains, state=State.ANNOUNCED, held_by="The friends of the train at night")

    assert _found(trains, again) == [first]
    assert _found(trains, first) == [again]


def test_one_town_is_one_however_it_is_spelt_and_wherever_its_pin_is(trains: Campaign) -> None:
    first = factory.rally(campaign=trains, where=Where(city="São  João", country="PT", latitude=40.9, longitude=-8.49))
    again = factory.rally(campaign=trains, where=Where(city="SAO JOAO", country="PT"))
    abroad = factory.rally(campaign=trains, where=Where(city="São João", country="BR"))

    assert _found(trains, again) == [first]
    assert _found(trains, abroad) == []


def test_towns_of_one_name_in_two_states_are_two(trains: Campaign) -> None:
    illinois, massachusetts = (factory.rally(campaign=trains, where=one) for one in (SPRINGFIELD_IL, SPRINGFIELD_MA))
    unsaid = factory.rally(campaign=trains, where=Where(city="Springfield", country="US"))

    assert _found(trains, illinois) == [unsaid]
    assert _found(trains, massachusetts) == [unsaid]
    assert _found(trains, unsaid) == [illinois, massachusetts]


@pytest.mark.parametrize("here, there", [(EAST_CHICAGO, HAMMOND), (LAREDO, NUEVO_LAREDO)], ids=["towns", "countries"])
def test_pins_within_three_kilometres_may_be_one_place_across_a_border(
    trains: Campaign, here: Where, there: Where
) -> None:
    first, again = (factory.rally(campaign=trains, where=one) for one in (here, there))
    [like] = duplicates_among(trains, [again])[again.pk]

    assert like.rally == first
    assert like.days == 0
    assert like.km is not None
    assert 1.5 < like.km < 3


def test_pins_a_little_further_apart_are_two_places(trains: Campaign) -> None:
    factory.rally(campaign=trains, where=EAST_CHICAGO)
    further = Where(city="Hammond", country="US", region="US-IN", latitude=41.6392, longitude=-87.4920)

    assert _found(trains, factory.rally(campaign=trains, where=further)) == []


@pytest.mark.parametrize("day, is_found", [(4, False), (5, True), (6, True), (7, True), (8, False)], ids=str)
def test_the_day_before_and_after_may_be_a_slip_of_the_pen(trains: Campaign, day: int, is_found: bool) -> None:
    first = factory.rally(campaign=trains, first_on=SATURDAY)
    again = factory.rally(campaign=trains, first_on=date(2026, 6, day))

    assert _found(trains, again) == ([first] if is_found else [])


def test_a_weekly_rally_is_found_by_any_of_its_dates(trains: Campaign) -> None:
    weekly = factory.rally(campaign=trains, repeat="FREQ=WEEKLY")
    once = factory.rally(campaign=trains, first_on=date(2026, 7, 18))
    between = factory.rally(campaign=trains, first_on=date(2026, 7, 22))

    assert _found(trains, once) == [weekly]
    assert _found(trains, between) == []
    assert _found(trains, weekly) == [once]


def test_a_date_that_was_moved_is_compared_where_it_is_now(trains: Campaign) -> None:
    moved = factory.rally(campaign=trains)
    Occurrence.objects.filter(rally=moved).update(
        held_on=date(2026, 6, 20), latitude=EAST_CHICAGO.latitude, longitude=EAST_CHICAGO.longitude
    )
    there = factory.rally(campaign=trains, first_on=date(2026, 6, 20), where=HAMMOND)

    assert _found(trains, there) == [moved]


def test_what_is_only_online_is_one_by_its_address_alone(trains: Campaign) -> None:
    online: dict[str, Any] = {"attendance": Attendance.ONLINE, "where": Where()}
    stream = factory.rally(campaign=trains, online_url="https://meet.example.org/a", **online)
    again = factory.rally(campaign=trains, online_url="https://meet.example.org/a", **online)
    other = factory.rally(campaign=trains, online_url="https://meet.example.org/b", **online)
    in_town = factory.rally(campaign=trains, online_url="https://meet.example.org/a", attendance=Attendance.BOTH)

    assert _found(trains, again) == [stream]
    assert _found(trains, other) == _found(trains, in_town) == []


@pytest.mark.parametrize("state", [State.ASKED, State.MERGED, State.REFUSED])
def test_what_nobody_confirmed_or_what_is_gone_is_no_rally_to_be_the_same_as(trains: Campaign, state: State) -> None:
    Rally.objects.filter(pk=factory.rally(campaign=trains).pk).update(state=state)

    assert _found(trains, factory.rally(campaign=trains)) == []


def test_quinns_rally_in_the_same_square_is_not_ours_and_is_not_shown(trains: Campaign) -> None:
    quinns = CampaignFactory.create(slug="open-libraries")
    his, ours = factory.rally(campaign=quinns), factory.rally(campaign=trains)

    assert _found(trains, ours) == []
    assert _found(quinns, his) == []


def test_the_nearest_come_first(trains: Campaign) -> None:
    a_day_later = factory.rally(campaign=trains, first_on=date(2026, 6, 7))
    somewhere = factory.rally(campaign=trains, where=Where(city="Kassel", country="DE"))
    across_the_town = factory.rally(
        campaign=trains, where=Where(city="Kassel", country="DE", latitude=51.35, longitude=9.45)
    )
    same_square = factory.rally(campaign=trains)

    found = _found(trains, factory.rally(campaign=trains))

    assert found == [same_square, somewhere, across_the_town, a_day_later]


def test_an_import_is_told_before_anything_is_stored(trains: Campaign) -> None:
    stored = factory.rally(campaign=trains)
    rows = [factory.details(), factory.details(where=EAST_CHICAGO), factory.details(first_on=date(2026, 6, 13))]
    spots = [*map(Spot.of, rows[:2]), Spot.of(rows[2], [date(2026, 6, 13), date(2026, 6, 6)])]

    assert [[like.rally for like in likes] for likes in duplicates_of(trains, spots)] == [[stored], [], [stored]]
    assert duplicates_of(trains, []) == []


@pytest.mark.parametrize("latitude", [0.0, 27.5, 41.6, 68.0, 78.2, -33.9, -54.8])
@pytest.mark.parametrize("longitude", [0.0, 87.45, 179.999, -179.999])
def test_the_grid_misses_nobody_who_is_near(trains: Campaign, latitude: float, longitude: float) -> None:
    stored = factory.rally(campaign=trains, where=Where(city="A", country="DE", latitude=latitude, longitude=longitude))
    around = []
    for step in range(24):
        north, east = (math.sin(step * math.pi / 12) * 0.0265, math.cos(step * math.pi / 12) * 0.0265)
        there = longitude + east / math.cos(math.radians(latitude))
        around.append(Spot((SATURDAY,), "B", "FR", "", latitude + north, (there + 180) % 360 - 180))

    assert all(distance_km(latitude, longitude, one[4] or 0, one[5] or 0) < 3 for one in around)
    assert [[like.rally for like in likes] for likes in duplicates_of(trains, around)] == [[stored]] * 24


def test_two_spots_are_compared_the_same_from_both_sides() -> None:
    here = Spot((SATURDAY,), KASSEL.city, "DE", "", KASSEL.latitude, KASSEL.longitude)
    there = Spot((date(2026, 6, 7),), "Vellmar", "DE", "", 51.33, 9.5)

    assert alike(here, there) == alike(there, here)
    assert alike(here, there) is not None
    assert alike(here, here._replace(dates=())) is None


def test_many_are_compared_with_as_many_queries_as_one(trains: Campaign) -> None:
    one = [factory.rally(campaign=trains)]
    many = one + [factory.rally(campaign=trains, repeat="FREQ=WEEKLY") for _ in range(3)]

    def asked(rallies: list[Rally]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            duplicates_among(trains, rallies)
        return len(queries)

    assert asked(one) == asked(many) == 3
