"""Every version stays at its own address, with what changed."""

import pytest
from django.test import Client

from tests import factories
from tests.factories.campaigns import PUBLISHED_AT, published_appeal
from tests.factories.signing import open_campaign
from tocsin.campaigns.models import Campaign
from tocsin.kit.framing import dh

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    """Return a campaign in the second version of its appeal and of its privacy text."""
    made = open_campaign()
    published_appeal(made, number=2, en=("Bring back the night trains", "We ask for two sleeper trains."))
    factories.PrivacyVersionFactory.create(
        campaign=made, number=2, source={"en": "Sealed, **always**."}, published_at=PUBLISHED_AT
    )
    return made


def test_versions_are_listed_newest_first(client: Client, campaign: Campaign) -> None:
    page = client.get(f"/en/{campaign.slug}/appeal/").content.decode()
    second, first = page.index('/appeal/2/"'), page.index('/appeal/1/"')
    assert second < first
    assert page.count("being signed now") == 1


def test_a_version_says_what_changed_in_it(client: Client, campaign: Campaign) -> None:
    page = client.get(f"/en/{campaign.slug}/appeal/2/").content.decode()
    assert "<ins>two</ins>" in page
    assert "<del>a</del>" in page
    assert "being signed now" in page
    assert campaign.versions.get(number=2).texts.get().text_hash.hex() in page


def test_a_version_can_be_had_byte_for_byte_as_it_is_signed(client: Client, campaign: Campaign) -> None:
    path = f"/en/{campaign.slug}/appeal/2/text.txt"
    assert path in client.get(f"/en/{campaign.slug}/appeal/2/").content.decode()
    answer = client.get(path)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="night-trains-2-en.txt"'
    assert dh("text", answer.content) == bytes(campaign.versions.get(number=2).texts.get().text_hash)
    assert client.get(f"/en/{campaign.slug}/appeal/3/text.txt").status_code == 404


def test_an_earlier_version_still_has_its_words(client: Client, campaign: Campaign) -> None:
    page = client.get(f"/en/{campaign.slug}/appeal/1/").content.decode()
    assert "sleeper train between every two capitals" in page
    assert "This is the first version." in page
    assert f'href="/en/{campaign.slug}/appeal/2/"' in page


def test_a_draft_has_no_address(client: Client, campaign: Campaign) -> None:
    factories.AppealTextFactory.create(version=factories.AppealVersionFactory.create(campaign=campaign, number=3))
    assert client.get(f"/en/{campaign.slug}/appeal/3/").status_code == 404


def test_privacy_shows_the_text_in_force_and_the_way_to_the_others(client: Client, campaign: Campaign) -> None:
    page = client.get(f"/en/{campaign.slug}/privacy/").content.decode()
    assert "Sealed, <strong>always</strong>." in page
    assert f'href="/en/{campaign.slug}/privacy/1/"' in page
    earlier = client.get(f"/en/{campaign.slug}/privacy/1/").content.decode()
    assert "What you type is sealed at once." in earlier
