"""signing.domain.confirm: on SQLite a plan is made before our turn; whatever somebody wrote meanwhile is seen."""

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.cast import MAYA, OTTO
from tests.factories.signing import NOW, confirm, count, open_campaign, sign
from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State as CampaignState
from tocsin.seal.tokens import new_token
from tocsin.signing.domain import Outcome, disown
from tocsin.signing.models import PendingSignature, Signature
from tocsin.signing.states import State
from tocsin.tally.models import QueuedEntry
from tocsin.tally.queries import count_of

# PostgreSQL plans in its transaction, with the rows locked.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]
CONFIRM = sys.modules["tocsin.signing.domain.confirm"]  # the package gives the verb the module's name


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let something happen once, between the next plan and its writing."""
    plan = vars(CONFIRM)["_plan"]

    def happens(act: Callable[[], object]) -> None:
        def planned(*args: object) -> object:
            made = plan(*args)
            monkeypatch.setattr(CONFIRM, "_plan", plan)
            act()
            return made

        monkeypatch.setattr(CONFIRM, "_plan", planned)

    return happens


def test_the_same_link_pressed_elsewhere_counts_once(meanwhile: Callable[[Callable[[], object]], None]) -> None:
    campaign = open_campaign()
    maya, otto = sign(campaign, MAYA).token, sign(campaign, OTTO).token
    meanwhile(lambda: confirm(maya))
    assert confirm(maya, otto) == [Outcome.ALREADY, Outcome.CONFIRMED]
    assert QueuedEntry.objects.exclude(ref=None).count() == 2
    count()
    assert (Signature.objects.count(), count_of(campaign.pk).number) == (2, 2)


def test_the_last_seat_taken_elsewhere_is_taken(meanwhile: Callable[[Callable[[], object]], None]) -> None:
    campaign = open_campaign(form={"household": False})
    first, second = sign(campaign).token, sign(campaign).token
    meanwhile(lambda: confirm(first))
    assert confirm(second) == [Outcome.ALREADY]
    assert (Signature.objects.count(), PendingSignature.objects.count()) == (1, 1)


def test_what_was_denied_meanwhile_is_held(meanwhile: Callable[[Callable[[], object]], None]) -> None:
    campaign = open_campaign()
    token = sign(campaign).token
    meanwhile(lambda: disown(token=token, now=NOW))
    assert confirm(token) == [Outcome.HELD]
    assert Signature.objects.get().state == State.HELD


def test_a_campaign_that_closed_meanwhile_confirms_nothing(meanwhile: Callable[[Callable[[], object]], None]) -> None:
    campaign = open_campaign()
    token = sign(campaign).token
    meanwhile(lambda: Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.CLOSED))
    assert confirm(token) == [Outcome.CLOSED]
    assert Signature.objects.count() == 0


def test_households_that_are_no_longer_allowed_are_not(meanwhile: Callable[[Callable[[], object]], None]) -> None:
    campaign = open_campaign()
    confirm(sign(campaign, MAYA).token)
    other = sign(campaign, replace(MAYA, name="Nils L")).token
    meanwhile(lambda: Campaign.objects.filter(pk=campaign.pk).update(form={"household": False}))
    assert confirm(other) == [Outcome.ALREADY]


def test_a_guess_takes_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden() -> None:
        raise AssertionError

    monkeypatch.setattr(db, "transaction", forbidden)
    assert confirm(new_token()) == [Outcome.UNKNOWN]
