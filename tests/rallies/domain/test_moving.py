"""Each verb of the desk moves what its arrows lead from, once, and of its own campaign alone."""

from collections.abc import Callable

import pytest

from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tocsin.campaigns.models import Campaign
from tocsin.rallies.domain.approve import approve, mark_seen
from tocsin.rallies.domain.moving import states_before
from tocsin.rallies.domain.refuse import refuse, take_refusal_back
from tocsin.rallies.domain.return_ import MAX_NOTE, return_rallies
from tocsin.rallies.domain.trust import distrust, trust
from tocsin.rallies.models import Rally, TrustedHost
from tocsin.rallies.refusals import Refusal, RefusedError
from tocsin.rallies.states import State

pytestmark = pytest.mark.django_db

Verb = Callable[[Campaign, list[int]], list[int]]


def _approve(campaign: Campaign, rallies: list[int]) -> list[int]:
    return approve(campaign=campaign, rallies=rallies, now=factory.NOW)


def _return(campaign: Campaign, rallies: list[int]) -> list[int]:
    return return_rallies(campaign=campaign, rallies=rallies, note="Where?", now=factory.NOW)


def _refuse(campaign: Campaign, rallies: list[int]) -> list[int]:
    return refuse(campaign=campaign, rallies=rallies, now=factory.NOW)


def _take_back(campaign: Campaign, rallies: list[int]) -> list[int]:
    return take_refusal_back(campaign=campaign, rallies=rallies, now=factory.NOW)


VERBS = [
    (_approve, states_before(State.APPROVED), State.APPROVED),
    (_return, states_before(State.RETURNED), State.RETURNED),
    (_refuse, states_before(State.REFUSED), State.REFUSED),
    (_take_back, (State.REFUSED,), State.ANNOUNCED),
]


@pytest.mark.parametrize("verb, before, after", VERBS)
@pytest.mark.parametrize("state", list(State))
def test_a_verb_goes_where_an_arrow_leads_and_nowhere_else(
    verb: Verb, before: tuple[State, ...], after: State, state: State
) -> None:
    rally = factory.rally(state=state)
    done = verb(rally.campaign, [rally.pk])
    rally.refresh_from_db()
    assert (done, rally.state) == (([rally.pk], after) if state in before else ([], state))
    assert verb(rally.campaign, [rally.pk]) == []


@pytest.mark.parametrize("verb, before, after", VERBS)
def test_quinn_decides_about_no_rally_of_ours(verb: Verb, before: tuple[State, ...], after: State) -> None:
    rally, quinns = factory.rally(state=before[-1]), CampaignFactory.create()
    assert verb(quinns, [rally.pk]) == []
    rally.refresh_from_db()
    assert rally.state == before[-1]


def test_the_campaigns_pages_are_made_anew_when_something_moved_and_only_then() -> None:
    rally = factory.rally(state=State.ANNOUNCED)
    before = Campaign.objects.get().revision
    _approve(rally.campaign, [rally.pk])
    _approve(rally.campaign, [rally.pk])
    assert Campaign.objects.get().revision == before + 1


@pytest.mark.parametrize("note, refusal", [(" \n", Refusal.EMPTY), ("x" * (MAX_NOTE + 1), Refusal.TOO_LONG)])
def test_a_note_has_to_say_something(note: str, refusal: Refusal) -> None:
    rally = factory.rally(state=State.ANNOUNCED)
    with pytest.raises(RefusedError) as error:
        return_rallies(campaign=rally.campaign, rallies=[rally.pk], note=note, now=factory.NOW)
    assert [one.refusal for one in error.value.refused] == [refusal]


def test_what_was_seen_waits_no_longer() -> None:
    rally = factory.rally()
    Rally.objects.update(has_big_change=True, reports=2)
    assert mark_seen(campaign=CampaignFactory.create(), rallies=[rally.pk]) == []
    assert mark_seen(campaign=rally.campaign, rallies=[rally.pk]) == [rally.pk]
    assert mark_seen(campaign=rally.campaign, rallies=[rally.pk]) == []
    rally.refresh_from_db()
    assert (rally.has_big_change, rally.reports) == (False, 0)


def test_a_host_is_trusted_in_one_campaign_until_that_is_taken_back() -> None:
    rally, quinns = factory.rally(), CampaignFactory.create()
    assert not trust(campaign=rally.campaign, rally=rally.pk, now=factory.NOW)  # nobody holds it yet
    factory.host(rally)
    assert not trust(campaign=quinns, rally=rally.pk, now=factory.NOW)
    assert trust(campaign=rally.campaign, rally=rally.pk, now=factory.NOW)
    assert not trust(campaign=rally.campaign, rally=rally.pk, now=factory.NOW)
    assert not distrust(campaign=quinns, rally=rally.pk)
    assert distrust(campaign=rally.campaign, rally=rally.pk)
    assert TrustedHost.objects.count() == 0


def test_a_host_who_has_not_confirmed_is_not_trusted() -> None:
    rally = factory.rally()
    factory.host(rally, confirmed_at=None)
    assert not trust(campaign=rally.campaign, rally=rally.pk, now=factory.NOW)
