"""The campaign has reached its goal: every rally ends, each date to come is cancelled, everybody is told once."""

from datetime import datetime, timedelta

import pytest

from tests.cast import OTTO, RUI
from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tocsin.campaigns.models import Campaign
from tocsin.outbox.models import Letter
from tocsin.rallies.domain.broadcast import take_down, work
from tocsin.rallies.domain.entering import enter_rally
from tocsin.rallies.domain.resolve import resolve
from tocsin.rallies.models import Broadcast, Occurrence, Rally
from tocsin.rallies.queries.broadcasts import is_resolved, resolved_at, shown_broadcasts
from tocsin.rallies.refusals import Refusal, RefusedError
from tocsin.rallies.states import BroadcastState, DateState, State

pytestmark = pytest.mark.django_db

NOW = factory.NOW
LATER = NOW + timedelta(days=30)
TEXT = {"en": "The night train runs again. Thank you."}


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create()


def resolved(campaign: Campaign, now: datetime = NOW) -> Broadcast | None:
    return resolve(campaign=campaign, text=TEXT, shown_until=LATER, now=now)


def states() -> list[State]:
    return [State(state) for state in Rally.objects.order_by("pk").values_list("state", flat=True)]


def test_every_series_ends_and_everybody_is_told_once(campaign: Campaign) -> None:
    weekly = factory.rally(campaign=campaign, repeat="FREQ=WEEKLY")
    factory.host(weekly, person=OTTO)
    factory.host(factory.rally(campaign=campaign, state=State.ANNOUNCED), person=OTTO)
    factory.host(factory.rally(campaign=campaign, state=State.RETURNED), person=RUI)
    assert resolved(campaign) is not None
    assert [one.is_ending for one in shown_broadcasts(campaign, NOW)] == [True]
    work(now=lambda: NOW)
    assert states() == [State.ENDED] * 3
    assert set(Occurrence.objects.values_list("state", "note")) == {(DateState.CANCELLED, TEXT["en"])}
    assert (Letter.objects.count(), Broadcast.objects.get().state) == (2, BroadcastState.SENT)
    assert (is_resolved(campaign), resolved_at(campaign)) == (True, NOW)


def test_what_was_held_stays_as_it_was(campaign: Campaign) -> None:
    rally = factory.rally(campaign=campaign, repeat="FREQ=WEEKLY;COUNT=3")
    second = rally.occurrences.order_by("starts_at")[1]
    during = second.starts_at + timedelta(minutes=30)
    resolve(campaign=campaign, text=TEXT, shown_until=during + timedelta(days=1), now=during)
    work(now=lambda: during)
    stood = [DateState(state) for state in rally.occurrences.order_by("starts_at").values_list("state", flat=True)]
    assert stood == [DateState.STANDS, DateState.STANDS, DateState.CANCELLED]


def test_what_was_refused_or_merged_stays_so(campaign: Campaign) -> None:
    for state in (State.REFUSED, State.MERGED, State.ASKED):
        factory.rally(campaign=campaign, state=state)
    resolved(campaign)
    work(now=lambda: NOW)
    assert states() == [State.REFUSED, State.MERGED, State.ASKED]


def test_it_is_said_once(campaign: Campaign) -> None:
    assert resolved(campaign) is not None
    assert resolved(campaign) is None
    assert Broadcast.objects.count() == 1


def test_taking_the_banner_down_leaves_no_rally_standing(campaign: Campaign) -> None:
    factory.rally(campaign=campaign)
    stored = resolved(campaign)
    assert stored is not None
    assert take_down(campaign=campaign, broadcast=stored.pk, now=NOW)
    work(now=lambda: NOW)
    assert states() == [State.ENDED]


@pytest.mark.parametrize("text, refusal", [({}, Refusal.EMPTY), ({"en": "x" * 1001}, Refusal.TOO_LONG)])
def test_it_needs_words(campaign: Campaign, text: dict[str, str], refusal: Refusal) -> None:
    with pytest.raises(RefusedError) as error:
        resolve(campaign=campaign, text=text, shown_until=LATER, now=NOW)
    assert [one.refusal for one in error.value.refused] == [refusal]


def test_the_team_enters_no_more_rallies_and_quinn_goes_on_entering(campaign: Campaign) -> None:
    resolved(campaign)
    with pytest.raises(RefusedError) as error:
        enter_rally(campaign=campaign, details=factory.details(), is_main=False, now=NOW)
    assert [one.refusal for one in error.value.refused] == [Refusal.CAMPAIGN_OVER]
    enter_rally(campaign=CampaignFactory.create(), details=factory.details(), is_main=False, now=NOW)
    assert Rally.objects.count() == 1


def test_quinns_rallies_go_on(campaign: Campaign) -> None:
    theirs = factory.rally()
    resolved(campaign)
    work(now=lambda: NOW)
    theirs.refresh_from_db()
    assert (theirs.state, is_resolved(theirs.campaign)) == (State.APPROVED, False)
