"""A rally that people come to is refused: they hear at once, nobody else can say they come, and it can be undone."""

from datetime import timedelta

import pytest

from tests.cast import MAYA, OTTO, RUI
from tests.factories import rallies as factory
from tests.rallies.domain.comers import comes, told
from tocsin.rallies.domain.refuse import refuse, take_refusal_back
from tocsin.rallies.domain.rsvp import takes_rsvps
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.states import DateState, RsvpState, State

pytestmark = pytest.mark.django_db

NOW = factory.NOW
LATER = NOW + timedelta(seconds=5)


def refused(rally: Rally) -> list[int]:
    return refuse(campaign=rally.campaign, rallies=[rally.pk], now=NOW)


def taken_back(rally: Rally) -> list[int]:
    return take_refusal_back(campaign=rally.campaign, rallies=[rally.pk], now=LATER)


def states(rally: Rally) -> list[DateState]:
    return [DateState(state) for state in rally.occurrences.order_by("starts_at").values_list("state", flat=True)]


@pytest.mark.parametrize("state", [State.ANNOUNCED, State.APPROVED, State.RETURNED])
def test_who_comes_or_waits_hears_at_once_and_the_host_does_not(state: State) -> None:
    rally = factory.rally(state=state)
    factory.host(rally, person=OTTO)
    date = rally.occurrences.get()
    comes(date, MAYA)
    comes(date, RUI, state=RsvpState.WAITING)
    assert refused(rally) == [rally.pk]
    assert told() == sorted(("date_cancelled", one.address) for one in (MAYA, RUI))
    date = Occurrence.objects.select_related("rally").get()
    assert (date.state, takes_rsvps(date.rally, date, NOW)) == (DateState.CANCELLED, False)
    assert refused(rally) == []
    assert told() == []


def test_taken_back_its_dates_stand_again_and_who_comes_hears() -> None:
    rally = factory.rally(repeat="FREQ=WEEKLY;COUNT=3")
    first, second, third = rally.occurrences.order_by("starts_at")
    comes(third, MAYA)
    Occurrence.objects.filter(pk=first.pk).update(state=DateState.CANCELLED, changed_at=NOW - timedelta(days=1))
    Occurrence.objects.filter(pk=second.pk).update(state=DateState.POSTPONED)
    refused(rally)
    assert told() == [("date_cancelled", MAYA.address)]
    assert states(rally) == [DateState.CANCELLED, DateState.POSTPONED, DateState.CANCELLED]
    assert taken_back(rally) == [rally.pk]
    assert told(LATER) == [("date_reopened", MAYA.address)]
    assert states(rally) == [DateState.CANCELLED, DateState.POSTPONED, DateState.STANDS]
    date = Occurrence.objects.select_related("rally").get(pk=third.pk)
    assert (date.rally.state, takes_rsvps(date.rally, date, LATER)) == (State.ANNOUNCED, True)


def test_what_is_over_stays_as_it_was_and_quinns_date_stands() -> None:
    rally, quinns = factory.rally(), factory.rally()
    comes(rally.occurrences.get(), MAYA)
    assert refuse(campaign=rally.campaign, rallies=[rally.pk, quinns.pk], now=NOW + timedelta(days=365)) == [rally.pk]
    assert (states(rally), states(quinns), told()) == ([DateState.STANDS], [DateState.STANDS], [])
