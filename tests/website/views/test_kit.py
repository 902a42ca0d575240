"""The doors of a kit: open to whoever has a rally's address, and to nothing that is not held or not shown."""

import io
from datetime import date
from html import unescape
from http import HTTPStatus

import pytest
from django.test import Client
from pypdf import PdfReader

from tests import factories as campaign_factories
from tests.factories import rallies
from tests.factories.signing import open_campaign
from tocsin.campaigns.models import Campaign
from tocsin.rallies.states import DateState, State
from tocsin.website.kit.papers import PAPERS

pytestmark = pytest.mark.django_db
KIT = "/en/night-trains/rallies/kassel/2026-06-06/kit/"


@pytest.fixture
def campaign() -> Campaign:
    return open_campaign()


def test_the_page_has_the_posts_to_copy_and_a_link_to_every_paper(client: Client, campaign: Campaign) -> None:
    rallies.rally(campaign=campaign)
    answer = client.get(KIT)
    assert answer.status_code == HTTPStatus.OK
    said = unescape(answer.content.decode())
    assert "📅 Saturday, June 6, 2026\n⏰ 12:00" in said
    assert said.count("data-copy=") == 3
    for name in PAPERS:
        assert f'href="{KIT}{name}.pdf"' in said
    assert answer["X-Tocsin-Campaign"] == str(campaign.pk)
    assert not answer.cookies


def test_papers_are_files_that_any_cache_may_keep(client: Client, campaign: Campaign) -> None:
    rallies.rally(campaign=campaign)
    answer = client.get(f"{KIT}poster-a4.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="kassel-2026-06-06-poster-a4.pdf"'
    assert answer["Cache-Control"].startswith("public, max-age=")
    assert len(PdfReader(io.BytesIO(answer.content)).pages) == 1
    assert client.get(f"{KIT}poster.png").content.startswith(b"\x89PNG")


def test_a_host_has_it_before_the_team_has_looked(client: Client, campaign: Campaign) -> None:
    rallies.rally(campaign=campaign, state=State.ANNOUNCED)
    assert client.get(KIT).status_code == HTTPStatus.OK


@pytest.mark.parametrize("state", [State.ASKED, State.REFUSED])
def test_what_has_no_page_has_no_kit(client: Client, campaign: Campaign, state: State) -> None:
    rallies.rally(campaign=campaign, state=state)
    for name in ("", "poster-a4.pdf", "poster.png"):
        assert client.get(f"{KIT}{name}").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("state", [DateState.CANCELLED, DateState.POSTPONED])
def test_who_asks_for_the_kit_of_a_date_that_is_not_held_is_led_to_its_page(
    client: Client, campaign: Campaign, state: DateState
) -> None:
    rally = rallies.rally(campaign=campaign)
    rally.occurrences.update(state=state)
    for name in ("", "poster-a4.pdf", "poster.png"):
        answer = client.get(f"{KIT}{name}")
        assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, "/en/night-trains/rallies/kassel/")


def test_each_date_of_a_series_has_its_own(client: Client, campaign: Campaign) -> None:
    rallies.rally(campaign=campaign, first_on=date(2026, 5, 30), repeat="FREQ=WEEKLY")
    assert "Saturday, June 6, 2026" in client.get(KIT).content.decode()
    assert client.get(KIT.replace("06-06", "06-07")).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    "path",
    [
        f"{KIT}poster-a5.pdf",
        f"{KIT}common.pdf",
        f"{KIT}..pdf",
        KIT.replace("kassel", "nowhere"),
        KIT.replace("/en/", "/de/"),
    ],
)
def test_what_is_not_there_is_not_there(client: Client, campaign: Campaign, path: str) -> None:
    rallies.rally(campaign=campaign)
    assert client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_quinns_campaign_does_not_lend_its_name_to_it(client: Client, campaign: Campaign) -> None:
    rallies.rally(campaign=campaign)
    campaign_factories.CampaignFactory.create(slug="other", state="open")
    assert client.get(KIT.replace("night-trains", "other")).status_code == HTTPStatus.NOT_FOUND


def test_a_private_address_is_not_in_it(client: Client, campaign: Campaign) -> None:
    where = rallies.KASSEL
    rallies.rally(campaign=campaign, where=where, is_address_private=True)
    said = client.get(KIT).content.decode()
    assert "Kassel" in said
    assert "Königsplatz" not in said
