"""The addresses of calendars."""

from http import HTTPStatus

import pytest
from django.test import Client

from tests.factories import rallies as make
from tests.factories.signing import open_campaign
from tests.rallies.calendars.reading import events, parsed
from tocsin.campaigns.models import Campaign
from tocsin.rallies import calendars
from tocsin.rallies.models import Rally
from tocsin.rallies.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return open_campaign()


@pytest.mark.parametrize(
    "path",
    ["rallies.ics", "rallies/country/de.ics", "rallies/kassel.ics", "rallies/kassel/2026-06-13.ics"],
)
@pytest.mark.parametrize("language", ["en/", "ar/", ""])
def test_every_calendar_is_there_for_any_program(client: Client, campaign: Campaign, path: str, language: str) -> None:
    rally = make.rally(campaign=campaign, repeat="FREQ=DAILY;UNTIL=20301231")
    answer = client.get(f"/{language}night-trains/{path}")
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Language"] == (language[:2] or "en")
    assert answer.headers["Cache-Control"].startswith("public, max-age=300")
    assert answer.headers["X-Tocsin-Campaign"] == str(campaign.pk)
    assert not answer.cookies
    [event] = events(answer.content)
    assert event.uid == f"{rally.uid}@testserver"
    assert "METHOD" not in parsed(answer.content)


@pytest.mark.parametrize(
    "path",
    [
        "/en/nobody/rallies.ics", "/de/night-trains/rallies.ics", "/en/night-trains/rallies/nowhere.ics",
        "/en/night-trains/rallies/country/xx.ics", "/en/night-trains/rallies/country/DE.ics",
        "/en/night-trains/rallies/kassel/2026-06-07.ics", "/en/night-trains/rallies/kassel/2026-02-30.ics",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_there(client: Client, campaign: Campaign, path: str) -> None:
    make.rally(campaign=campaign)
    assert client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_a_refused_rally_has_no_calendar_and_one_that_waits_has_its_own_alone(
    client: Client, campaign: Campaign
) -> None:
    make.rally(campaign=campaign, state=State.REFUSED)
    make.rally(campaign=campaign, state=State.ANNOUNCED)
    assert client.get("/en/night-trains/rallies/kassel.ics").status_code == HTTPStatus.NOT_FOUND
    assert len(events(client.get("/en/night-trains/rallies/kassel-2.ics").content)) == 1
    assert events(client.get("/en/night-trains/rallies.ics").content) == []


def test_quinns_rally_is_not_at_an_address_of_noors_campaign(client: Client, campaign: Campaign) -> None:
    make.rally(campaign=open_campaign("open-libraries"))
    assert client.get("/en/night-trains/rallies/kassel.ics").status_code == HTTPStatus.NOT_FOUND


def test_a_merged_rally_leads_to_the_other_one(client: Client, campaign: Campaign) -> None:
    kept = make.rally(campaign=campaign)
    gone = make.rally(campaign=campaign)
    Rally.objects.filter(pk=gone.pk).update(state=State.MERGED, merged_into=kept)
    answer = client.get("/en/night-trains/rallies/kassel-2.ics")
    assert answer.status_code == HTTPStatus.FOUND
    assert answer.headers["Location"].endswith("/en/night-trains/rallies/kassel.ics")


def test_a_page_can_offer_each_of_them_in_one_press(client: Client, campaign: Campaign) -> None:
    rally = make.rally(campaign=campaign)
    offered = [
        calendars.subscription(campaign, "en"),
        calendars.subscription(campaign, "en", country="DE"),
        calendars.subscription(campaign, "en", rally=rally),
        calendars.subscription(campaign, "en", rally=rally, original_on=rally.first_on),
    ]
    for one in offered:
        assert one.webcal == one.address.replace("http://", "webcal://")
        path = one.address.removeprefix("http://testserver")
        assert client.get(path).status_code == HTTPStatus.OK
        assert one.address in client.get(path).content.decode().replace("\r\n ", "") or one == offered[-1]
