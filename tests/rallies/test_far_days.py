"""No door takes a day at either end of the calendar: clocks, calendars and keys end somewhere."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tocsin.campaigns.models import Campaign
from tocsin.rallies.domain.days import put_day
from tocsin.rallies.domain.move_date import Move, move_date
from tocsin.rallies.forms import Problems, read_announcement, read_move
from tocsin.rallies.models import DayOfAction, Occurrence
from tocsin.rallies.problems import WORDS, Problem
from tocsin.rallies.queries.duplicates import Spot, duplicates_of
from tocsin.rallies.refusals import Refusal, RefusedError

pytestmark = pytest.mark.django_db(transaction=True)
ENDS = [(date.max, Refusal.DATE_FAR), (date.min, Refusal.DATE_PAST)]
NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create()


@pytest.mark.parametrize("town", ["Honolulu", "Kassel"])
@pytest.mark.parametrize("on", ["9999-12-31", "0001-01-01"])
def test_an_announcement_is_refused_beside_its_date(campaign: Campaign, town: str, on: str) -> None:
    typed = {"town": town, "date": on, "time": "23:59", "minutes": "10080"}
    read = read_announcement(typed, campaign=campaign, language="en", days=(), now=NOW)
    assert isinstance(read, Problems)
    assert "date" in read.by_field
    assert "town" not in read.by_field


def test_a_host_moves_a_date_no_further_than_they_could_announce_it(campaign: Campaign) -> None:
    def moved(on: str) -> object:
        values = {"date": on, "time": "23:59", "minutes": "10080"}
        return read_move(values, campaign=campaign, language="en", now=NOW)

    for on in ("9999-12-31", "2028-05-02"):
        assert moved(on) == Problems({"date": str(WORDS[Problem.DATE_FAR])})
    assert isinstance(moved("2028-04-30"), Move)


@pytest.mark.parametrize("on, refusal", ENDS)
def test_a_move_is_refused(campaign: Campaign, on: date, refusal: Refusal) -> None:
    rally = factory.rally(campaign=campaign)
    move = Move(held_on=on, wall_time=time(23, 59), minutes=10_080)
    with pytest.raises(RefusedError) as caught:
        move_date(rally=rally, date=rally.occurrences.get().pk, move=move, now=NOW)
    assert [(one.field, one.refusal) for one in caught.value.refused] == [("date", refusal)]


@pytest.mark.parametrize("on, refusal", ENDS)
def test_a_day_of_action_is_refused_new_or_changed(campaign: Campaign, on: date, refusal: Refusal) -> None:
    day = DayOfAction.objects.create(campaign=campaign, key="a", title={"en": "A"}, held_on=date(2026, 6, 6))
    given: dict[str, Any] = {"campaign": campaign, "title": {"en": "A"}, "held_on": on, "wall_time": time(17)}
    for number in (None, day.pk):
        with pytest.raises(RefusedError) as caught:
            put_day(**given, day=number, now=NOW)
        assert [(one.field, one.refusal) for one in caught.value.refused] == [("held_on", refusal)]


@pytest.mark.parametrize("on", [date.min, date.max])
def test_one_that_is_stored_all_the_same_stops_no_search_for_duplicates(campaign: Campaign, on: date) -> None:
    rally = factory.rally(campaign=campaign)
    Occurrence.objects.filter(rally=rally).update(held_on=on)
    assert duplicates_of(campaign, [Spot((on,), city="Kassel", country="DE")])[0][0].rally == rally
