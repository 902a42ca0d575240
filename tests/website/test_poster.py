"""What a campaign's pages say of it: its size of headline, its state, its links."""

from datetime import timedelta

import pytest

from tests import factories
from tests.factories.signing import NOW, open_campaign
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State
from tocsin.website.poster import poster_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "title, size",
    [
        ("Say No", "huge"),
        ("Bring back the night trains", "large"),
        ("Conference of international solidarity", "plain"),
        ("Conference of international solidarity against every expansion", "small"),
        ("Donaudampfschifffahrtsgesellschaft", "small"),
    ],
)
def test_the_headline_is_as_large_as_a_phone_allows(title: str, size: str) -> None:
    campaign = factories.CampaignFactory.create(title={"en": title})
    assert poster_of(campaign, "en", now=NOW).headline_size == size


def test_a_missing_language_shows_the_first() -> None:
    campaign = factories.CampaignFactory.create(languages=["es", "en"], title={"es": "Trenes"})
    assert poster_of(campaign, "en", now=NOW).title == "Trenes"


def test_the_state_is_told_by_the_clock() -> None:
    campaign = open_campaign(opens_at=NOW, closes_at=NOW + timedelta(days=2), timezone="Europe/Berlin")

    def line(hours: float) -> str:
        return poster_of(campaign, "en", now=NOW + timedelta(hours=hours)).state_line

    assert line(-1) == "Opens on April 2, 2026, noon (CEST)"
    assert line(0) == "Open until April 4, 2026, noon (CEST)"
    assert line(48) == "Signing is over"


def test_it_can_be_signed_between_opening_and_closing() -> None:
    campaign = open_campaign(opens_at=NOW, closes_at=NOW + timedelta(days=2))
    open_at = [poster_of(campaign, "en", now=NOW + timedelta(days=days)).can_be_signed for days in (-1, 0, 1, 2)]
    assert open_at == [False, True, True, False]


def test_a_closed_campaign_stays_closed() -> None:
    campaign = open_campaign()
    Campaign.objects.filter(pk=campaign.pk).update(state=State.CLOSED)
    campaign.refresh_from_db()
    poster = poster_of(campaign, "en", now=NOW)
    assert (poster.is_closed, poster.can_be_signed) == (True, False)


def test_share_links_carry_the_address_and_no_script() -> None:
    campaign = open_campaign(title={"en": 'A "title" & more'})
    poster = poster_of(campaign, "en", now=NOW)
    assert poster.url == "http://testserver/en/night-trains/"
    for _label, address in poster.share_links:
        assert address.startswith(("https://", "mailto:"))
        assert "http%3A%2F%2Ftestserver%2Fen%2Fnight-trains%2F" in address.replace("/", "%2F")
        assert '"' not in address


def test_a_long_text_is_cut_for_previews_at_a_word() -> None:
    campaign = open_campaign(motto={"en": "word " * 100})
    description = poster_of(campaign, "en", now=NOW).description
    assert len(description) <= 200
    assert description.endswith("word…")


def test_a_zone_that_nobody_knows_is_utc() -> None:
    campaign = open_campaign(closes_at=NOW + timedelta(days=2), timezone="Nowhere/At_All")
    assert poster_of(campaign, "en", now=NOW).state_line.endswith("(UTC)")
