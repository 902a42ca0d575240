"""What we promise and what we do not, said as this server really runs; and what a signatory can do about it."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests.factories.signing import open_campaign
from tocsin.campaigns.models import Campaign
from tocsin.vault.sealed.folder import SEALED

pytestmark = pytest.mark.django_db

STANDARD, IN_SEALED_MODE = "runs in standard mode", "runs in sealed mode"
THIEF = "could test whether an address they know has signed"


def test_both_halves_are_said_and_nothing_is_promised_for_later(client: Client) -> None:
    page = client.get("/en/trust/").content.decode()
    assert ("We promise" in page, "We do not promise" in page, "Not built yet" in page) == (True, True, False)
    assert 'href="/verify/#en"' in page


def test_standard_mode_says_what_a_thief_of_keys_and_database_can_do(client: Client) -> None:
    page = client.get("/en/trust/").content.decode()
    assert (STANDARD in page, THIEF in page, IN_SEALED_MODE in page) == (True, True, False)


def test_sealed_mode_is_claimed_only_where_it_is(client: Client, settings: Settings) -> None:
    (Path(settings.KEYS_DIR) / SEALED).mkdir(parents=True)
    page = client.get("/en/trust/").content.decode()
    assert (STANDARD in page, THIEF in page, IN_SEALED_MODE in page) == (False, False, True)
    readable = Path(settings.KEYS_DIR) / "pepper" / "1.key"
    readable.parent.mkdir()
    readable.write_bytes(bytes(32))
    assert STANDARD in client.get("/en/trust/").content.decode()  # half a conversion protects nobody


def test_the_privacy_page_shows_the_ways_out(client: Client) -> None:
    campaign = open_campaign()
    page = client.get(f"/en/{campaign.slug}/privacy/").content.decode()
    for way in (f"/en/{campaign.slug}/lost/", "/en/withdraw/", "/en/trust/"):
        assert f'href="{way}"' in page
    assert "is erased on" not in page
    Campaign.objects.update(keep_until=date(2027, 3, 1))
    assert "What you typed is erased on March 1, 2027" in client.get(f"/en/{campaign.slug}/privacy/").content.decode()
