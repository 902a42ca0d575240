"""A day of action goes to a date that a rally of it once had: the cancelled row in the way changes places with it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import MAYA
from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tests.factories.coming import come, told
from tests.rallies.domain.moves import FIVE, SATURDAY, SUNDAY, move
from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.rallies.details import details_of
from tocsin.rallies.domain.change import change
from tocsin.rallies.domain.writing import change_rally
from tocsin.rallies.hosts import PrivatePlace
from tocsin.rallies.models import DayOfAction, Occurrence, Rally
from tocsin.rallies.states import DateState

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create()


def changed_to(rally: Rally, on: date) -> Rally:
    """Let its host give a rally another date, once it was approved: the old one stays, cancelled."""
    details = replace(details_of(rally), first_on=on)
    assert change(rally=rally.pk, details=details, private=PrivatePlace(), now=factory.NOW)
    rally.refresh_from_db()
    return rally


def test_a_rally_goes_to_a_date_it_once_had_and_back_with_its_rule(
    day: DayOfAction, rally_of: Callable[..., Rally]
) -> None:
    move(day, SUNDAY, FIVE)
    rally = changed_to(rally_of(), SUNDAY)
    standing = rally.occurrences.exclude(state=DateState.CANCELLED)
    number = standing.get().pk
    for on, other in ((SATURDAY, SUNDAY), (SUNDAY, SATURDAY)):
        put = move(day, on, FIVE)
        assert put is not None
        rally.refresh_from_db()
        held = standing.get()
        assert (put.moved, held.pk, held.original_on, held.held_on, rally.first_on) == (1, number, on, on, on)
        cancelled = rally.occurrences.get(state=DateState.CANCELLED)
        day_of_it = cancelled.starts_at.date()
        assert (cancelled.is_off_rule, cancelled.original_on, cancelled.held_on, day_of_it) == (True, *[other] * 3)
        assert not changed_by_its_words(rally), "the series knows the date by the day that it gives"


def test_a_rally_that_its_day_took_back_takes_its_hosts_hour_and_their_date_like_any_other(
    day: DayOfAction, rally_of: Callable[..., Rally]
) -> None:
    move(day, SUNDAY, FIVE)
    rally = changed_to(rally_of(), SUNDAY)
    come(rally.occurrences.select_related("rally__campaign").get(state=DateState.STANDS), MAYA)
    move(day, SATURDAY, FIVE)
    rally.refresh_from_db()
    details = replace(details_of(rally), wall_time=time(19))
    assert change(rally=rally.pk, details=details, private=PrivatePlace(), now=factory.NOW)
    assert told(MAYA)[-1].texts["hours"].startswith("7:00")
    rally.refresh_from_db()
    assert changed_to(rally, SATURDAY).occurrences.get(coming=1).state == DateState.STANDS
    assert [letter.mail for letter in told(MAYA)][2:] == ["date_changed"] * 2


def test_a_date_that_a_host_has_cancelled_stays_the_days_and_the_rally_is_moved_by_itself(
    day: DayOfAction, rally_of: Callable[..., Rally]
) -> None:
    move(day, SUNDAY, FIVE)
    rally = changed_to(rally_of(), SUNDAY)
    rally.occurrences.filter(original_on=SATURDAY).update(is_off_rule=False)
    put = move(day, SATURDAY, FIVE)
    assert put is not None
    held = rally.occurrences.get(state=DateState.STANDS)
    rally.refresh_from_db()
    assert (put.moved, held.original_on, held.held_on, rally.first_on) == (1, SUNDAY, SATURDAY, SUNDAY)


def test_three_rallies_that_go_back_cost_no_more_questions_than_one(
    day: DayOfAction, rally_of: Callable[..., Rally]
) -> None:
    move(day, SUNDAY, FIVE)
    asked = []
    for on, other, fresh in ((SATURDAY, SUNDAY, 1), (SUNDAY, SATURDAY, 2)):
        for _ in range(fresh):
            changed_to(rally_of(first_on=on), other)
        with CaptureQueriesContext(connection) as queries:
            put = move(day, on, FIVE)
        assert put is not None
        asked.append((len(queries), put.moved))
    assert asked == [(asked[0][0], 1), (asked[0][0], 3)]


def changed_by_its_words(rally: Rally) -> list[Occurrence]:
    """Let its host change a word; return the dates that changed with it."""
    with db.transaction():
        return change_rally(rally=rally, details=replace(details_of(rally), held_by="Otto"), now=factory.NOW)
