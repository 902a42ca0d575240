"""Every public address: there for whoever asks, kept by any cache, without a cookie."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from tests import factories
from tests.factories.signing import open_campaign
from tocsin.campaigns.models import Campaign
from tocsin.website.clock import clock

pytestmark = pytest.mark.django_db

PAGES = (
    "", "thanks/", "thanks/?for=lost", "lost/", "signatures/", "signatures/report/", "organisations/", "numbers/",
    "appeal/", "appeal/1/", "appeal/1/text.txt", "privacy/", "privacy/1/", "card.png", "qr.svg",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_is_there_and_anybody_may_keep_it(client: Client, page: str, language: str) -> None:
    campaign = open_campaign()
    answer = client.get(f"/{language}/night-trains/{page}")
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    assert "stale-while-revalidate" in answer.headers["Cache-Control"]
    assert "stale-if-error" in answer.headers["Cache-Control"]
    assert answer.headers["X-Tocsin-Campaign"] == str(campaign.pk)
    assert answer.headers["Content-Language"] == language
    assert not answer.cookies
    assert "Vary" not in answer.headers


@pytest.mark.parametrize("page", PAGES)
def test_a_draft_is_not_there(client: Client, page: str) -> None:
    factories.CampaignFactory.create(slug="night-trains")
    assert client.get(f"/en/night-trains/{page}").status_code == HTTPStatus.NOT_FOUND
    assert client.get("/night-trains/theme.css").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("page", PAGES)
def test_a_language_that_the_campaign_does_not_speak_is_not_there(client: Client, page: str) -> None:
    open_campaign()
    assert client.get(f"/de/night-trains/{page}").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    "path",
    [
        "/en/nobody/", "/xx/night-trains/", "/en/night-trains/appeal/2/", "/en/night-trains/privacy/2/",
        "/en/night-trains/signatures/?after=yesterday", "/en/night-trains/signatures/report/?after=%2F%2Fevil",
        "/xx/trust/", "/en/night-trains/../", "/nobody/theme.css",
    ],
)  # fmt: skip
def test_what_is_not_there_says_so_in_our_hand(client: Client, path: str) -> None:
    open_campaign()
    answer = client.get(path)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "There is no such page" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_page_ends_when_the_form_closes(client: Client) -> None:
    closes_at = clock() + timedelta(hours=3)
    campaign = open_campaign(closes_at=closes_at)
    answer = client.get("/en/night-trains/")
    assert answer.headers["X-Tocsin-Until"] == str(int(closes_at.timestamp()))
    Campaign.objects.filter(pk=campaign.pk).update(closes_at=None)
    assert "X-Tocsin-Until" not in client.get("/en/night-trains/").headers


def test_the_start_page_goes_straight_to_a_campaign_that_stands_alone(client: Client) -> None:
    open_campaign()
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (HTTPStatus.FOUND, "/en/night-trains/")


def test_the_start_page_shows_what_is_open(client: Client) -> None:
    assert "nothing to sign here" in client.get("/").content.decode()
    open_campaign()
    libraries = open_campaign("open-libraries", languages=["es"], title={"es": "Bibliotecas <abiertas>"})
    factories.CampaignFactory.create(slug="secret-plan", title={"en": "A draft"})
    page = client.get("/").content.decode()
    assert 'href="/en/night-trains/"' in page
    assert 'href="/es/open-libraries/" lang="es"' in page
    assert "Bibliotecas &lt;abiertas&gt;" in page
    assert f"@@slot:count:{libraries.pk}:es@@" in page  # the lane fills it
    assert "A draft" not in page


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_trust_says_both_halves(client: Client, language: str) -> None:
    page = client.get(f"/{language}/trust/").content.decode()
    assert page.count("<h2>") == 11
    assert "/en/trust/" in page or language == "en"
