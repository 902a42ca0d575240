"""Who announces a rally finds their town while they type; nothing of it is kept."""

import logging
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.factories.signing import open_campaign
from tests.lane.visits import Visits, tell

pytestmark = [pytest.mark.django_db(transaction=True)]

ADDRESS = "/en/night-trains/host/places/"


def _places(client: Client, address: str = ADDRESS, **asked: str) -> list[dict[str, Any]]:
    answer = client.get(address, asked)
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies
    found: list[dict[str, Any]] = answer.json()["places"]
    return found


def test_a_town_comes_with_what_the_form_needs(client: Client) -> None:
    open_campaign()

    assert _places(client, q="Springfield, US-IL")[0] == {
        "number": 4250542,
        "name": "Springfield",
        "where": "Illinois, United States",
        "country": "US",
        "region": "US-IL",
        "zone": "America/Chicago",
        "latitude": 39.80172,
        "longitude": -89.64371,
    }


def test_the_country_is_named_in_the_language_of_the_page(client: Client) -> None:
    open_campaign()

    assert _places(client, "/ar/night-trains/host/places/", q="لشبونة")[0]["where"] == "البرتغال"


def test_one_country_can_be_asked_for_and_eight_towns_are_enough(client: Client) -> None:
    open_campaign()
    found = _places(client, q="s", country="PT")

    assert [town["country"] for town in found] == ["PT"] * 8


@pytest.mark.parametrize("typed", ["", "%", "\0", "x" * 10_000, "' OR 1=1"])
def test_what_is_no_town_finds_none(client: Client, typed: str) -> None:
    open_campaign()

    assert _places(client, q=typed) == []
    assert _places(client, q="Kassel", country=typed or "ZZ") == []


def test_a_draft_and_a_language_that_is_not_spoken_have_no_towns(client: Client) -> None:
    factories.CampaignFactory.create(slug="open-libraries")
    open_campaign()

    assert client.get("/en/open-libraries/host/places/", {"q": "Kassel"}).status_code == HTTPStatus.NOT_FOUND
    assert client.get("/de/night-trains/host/places/", {"q": "Kassel"}).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.usefixtures("collected_static")
def test_the_lane_asks_anew_each_time_keeps_nothing_and_writes_nothing_down(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    open_campaign()

    async def story(visits: Visits) -> None:
        for typed in ("Kass", "Kassel", "Kassel&utm_source=x", "Kassel" + "%D9%84" * 60):
            answer = await visits.get(f"{ADDRESS}?q={typed}")
            assert answer.status == HTTPStatus.OK
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["content-type"] == "application/json"
            assert b"Kassel" in answer.body or "%D9" in typed
        assert not [key for key in visits.lane._ready if "places" in str(key)]  # noqa: SLF001  its memory is what this is about

    with caplog.at_level(logging.DEBUG):
        tell(story)
    said = capfd.readouterr()
    assert "kass" not in (caplog.text + said.out + said.err).lower()
