"""Opening asks for everything a public campaign needs; closing is for good."""

from datetime import UTC, datetime, timedelta

import pytest

from tests import factories
from tests.factories.vault import campaign_key
from tocsin.campaigns import domain
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.refusals import Refusal, RefusedError
from tocsin.campaigns.states import State
from tocsin.tally.models import QueuedEntry
from tocsin.tlog.entry import Kind, sealing_key
from tocsin.vault import queries as vault

NOW = datetime(2026, 4, 1, 10, 0, tzinfo=UTC)


@pytest.fixture
def ready(campaign: Campaign) -> Campaign:
    factories.published_appeal(campaign)
    factories.PrivacyVersionFactory.create(campaign=campaign)
    campaign_key(campaign.pk)
    return campaign


def refusals(campaign: Campaign) -> list[tuple[str, Refusal]]:
    with pytest.raises(RefusedError) as caught:
        domain.open_campaign(campaign=campaign, now=NOW)
    return [(one.field, one.refusal) for one in caught.value.refused]


def test_an_open_campaign_has_its_key_in_the_log(ready: Campaign) -> None:
    domain.open_campaign(campaign=ready, now=NOW)
    assert ready.state == State.OPEN
    assert ready.revision == 1
    key = vault.key_in_use(ready.pk)
    assert key is not None
    assert [bytes(row.entry) for row in QueuedEntry.objects.filter(kind=Kind.SEALING_KEY)] == [
        sealing_key("night-trains", bytes(key.fingerprint))
    ]


def test_a_bare_draft_is_told_all_it_lacks(campaign: Campaign) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(contact="")
    assert refusals(campaign) == [
        ("appeal", Refusal.NO_APPEAL),
        ("privacy", Refusal.NO_PRIVACY),
        ("contact", Refusal.NO_CONTACT),
        ("key", Refusal.NO_KEY_DRILL),
    ]
    campaign.refresh_from_db()
    assert campaign.state == State.DRAFT
    assert not QueuedEntry.objects.exists()


def test_a_keyholder_who_did_no_drill_keeps_it_closed(campaign: Campaign) -> None:
    factories.published_appeal(campaign)
    factories.PrivacyVersionFactory.create(campaign=campaign)
    campaign_key(campaign.pk, drilled=False)
    assert refusals(campaign) == [("key", Refusal.NO_KEY_DRILL)]


def test_a_closing_that_has_passed(ready: Campaign) -> None:
    Campaign.objects.filter(pk=ready.pk).update(closes_at=NOW)
    assert refusals(ready) == [("closes_at", Refusal.CLOSES_IN_THE_PAST)]


def test_nobody_opens_twice_or_again(ready: Campaign) -> None:
    domain.open_campaign(campaign=ready, now=NOW)
    assert refusals(ready) == [("state", Refusal.NOT_A_DRAFT)]
    domain.close_campaign(campaign=ready, now=NOW, forget_tags=bool)
    assert refusals(ready) == [("state", Refusal.NOT_A_DRAFT)]


def test_closing_destroys_pepper_and_tags(ready: Campaign) -> None:
    domain.open_campaign(campaign=ready, now=NOW)
    forgotten: list[int] = []
    closed = domain.close_campaign(campaign=ready, now=NOW + timedelta(days=1), forget_tags=forgotten.append)
    assert closed
    assert forgotten == [ready.pk]
    assert (ready.state, ready.closes_at, ready.revision) == (State.CLOSED, NOW + timedelta(days=1), 2)
    with pytest.raises(vault.PepperMissingError):
        vault.pepper(ready.pk)


def test_closing_a_draft_or_twice_is_no_closing(ready: Campaign) -> None:
    forgotten: list[int] = []
    assert not domain.close_campaign(campaign=ready, now=NOW, forget_tags=forgotten.append)
    assert vault.pepper(ready.pk)
    domain.open_campaign(campaign=ready, now=NOW)
    assert domain.close_campaign(campaign=ready, now=NOW, forget_tags=forgotten.append)
    assert not domain.close_campaign(campaign=ready, now=NOW + timedelta(days=9), forget_tags=forgotten.append)
    assert forgotten == [ready.pk]
    assert ready.closes_at == NOW


def test_a_pepper_that_outlived_a_crash_goes_at_the_next_closing(ready: Campaign) -> None:
    Campaign.objects.filter(pk=ready.pk).update(state=State.CLOSED)  # the commit came, the crash before the pepper went
    assert not domain.close_campaign(campaign=ready, now=NOW, forget_tags=bool)
    with pytest.raises(vault.PepperMissingError):
        vault.pepper(ready.pk)


def test_tags_that_cannot_be_forgotten_keep_it_open(ready: Campaign) -> None:
    domain.open_campaign(campaign=ready, now=NOW)

    def fail(_campaign: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        domain.close_campaign(campaign=ready, now=NOW, forget_tags=fail)
    ready.refresh_from_db()
    assert ready.state == State.OPEN
    assert vault.pepper(ready.pk)
