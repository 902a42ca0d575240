"""Opening with a checklist, closing by typing the address."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.cast import MAYA
from tests.factories import signing
from tests.factories.campaigns import PASSWORD
from tests.factories.vault import campaign_key
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State
from tocsin.signing.domain import note_retention
from tocsin.signing.models import Signature
from tocsin.vault.queries import PepperMissingError, pepper


def page_of(campaign: Campaign, name: str = "opening") -> str:
    return reverse(f"desk:{name}", args=[campaign.slug])


def state_of(campaign: Campaign) -> str:
    campaign.refresh_from_db()
    return campaign.state


def steps_done(desk: Client, campaign: Campaign) -> dict[str, bool]:
    steps = desk.get(page_of(campaign)).context["steps"]
    return {step.address.rstrip("/").rpartition("/")[2]: step.is_done for step in steps}


@pytest.fixture
def bare(campaign: Campaign) -> Campaign:
    Campaign.objects.filter(pk=campaign.pk).update(contact="")
    return campaign


def test_the_checklist_links_to_what_is_missing(bare: Campaign, desk: Client) -> None:
    assert steps_done(desk, bare) == {"settings": False, "appeal": False, "privacy": False, "key": False}
    page = desk.get(page_of(bare)).content.decode()
    assert "Open it" not in page
    factories.published_appeal(bare)
    campaign_key(bare.pk)
    assert steps_done(desk, bare) == {"settings": False, "appeal": True, "privacy": False, "key": True}


def test_a_campaign_that_misses_something_does_not_open(bare: Campaign, desk: Client) -> None:
    desk.post(page_of(bare))
    assert state_of(bare) == State.DRAFT
    said = desk.get(page_of(bare)).content.decode()
    assert "Publish the appeal first." in said


def test_a_campaign_that_has_everything_opens(campaign: Campaign, desk: Client) -> None:
    factories.published_appeal(campaign)
    factories.PrivacyVersionFactory.create(campaign=campaign)
    campaign_key(campaign.pk)
    assert "Open it" in desk.get(page_of(campaign)).content.decode()
    desk.post(page_of(campaign))
    assert state_of(campaign) == State.OPEN


@pytest.mark.parametrize(
    "typed, password, field",
    [("sleeper", PASSWORD, "typed"), ("", PASSWORD, "typed"), ("sleeper-cars", "not mine", "own_password")],
)
def test_nobody_closes_by_a_slip(open_one: Campaign, desk: Client, typed: str, password: str, field: str) -> None:
    answer = desk.post(page_of(open_one, "close"), {"typed": typed, "own_password": password})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert state_of(open_one) == State.OPEN


def test_closing_destroys_pepper_and_tags_and_keeps_the_signatures(open_one: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA])
    tag = bytes(Signature.objects.get().tag)
    desk.post(page_of(open_one, "close"), {"typed": " sleeper-cars ", "own_password": PASSWORD})
    assert state_of(open_one) == State.CLOSED
    assert bytes(Signature.objects.get().tag) != tag
    with pytest.raises(PepperMissingError):
        pepper(open_one.pk)
    assert "closed, for good" in desk.get(page_of(open_one)).content.decode()


def test_a_draft_cannot_be_closed(campaign: Campaign, desk: Client) -> None:
    desk.post(page_of(campaign, "close"), {"typed": campaign.slug, "own_password": PASSWORD})
    assert state_of(campaign) == State.DRAFT


def test_the_day_of_erasing_is_chosen_and_shown(campaign: Campaign, desk: Client) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(state=State.OPEN)
    today = timezone.now().date()
    assert "180 days after the campaign closes" in desk.get(page_of(campaign)).content.decode()
    refused = desk.post(page_of(campaign, "keep"), {"keep_until": today - timedelta(days=1)})
    assert (refused.status_code, "within five years" in refused.content.decode()) == (422, True)
    desk.post(page_of(campaign, "keep"), {"keep_until": today + timedelta(days=30)})
    campaign.refresh_from_db()
    assert campaign.keep_until == today + timedelta(days=30)
    note_retention(erased={"pending": 1}, now=timezone.now())
    assert "was last erased" in desk.get(page_of(campaign)).content.decode()
