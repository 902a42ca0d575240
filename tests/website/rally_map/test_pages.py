"""The map's addresses: one campaign's rallies alone, kept by any cache, and one page that may ask where somebody is."""

import re
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.test import Client
from pytest_django import Settings

import tocsin.website
from tests import factories
from tests.factories import rallies as factory
from tests.factories.rallies import LISBON
from tests.factories.signing import open_campaign
from tocsin.campaigns.models import Campaign
from tocsin.config.env import BadSettingError, read_settings
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.states import Attendance, DateState
from tocsin.website.clock import clock
from tocsin.website.rally_map import rallies_picture

pytestmark = pytest.mark.django_db(transaction=True)

MAP = "/en/night-trains/rallies/map/"
POINTS = "/night-trains/rallies/points.json"
GEOJSON = "/night-trains/rallies.geojson"
PICTURE = "/night-trains/rallies.svg"
SCRIPTS = Path(tocsin.website.__file__).parent / "static" / "website" / "map"


@pytest.fixture
def trains() -> Campaign:
    return open_campaign()


@pytest.fixture
def kassel(trains: Campaign) -> Rally:
    return soon(trains)


def soon(campaign: Campaign, **changes: Any) -> Rally:
    now = clock()
    return factory.rally(campaign=campaign, now=now, first_on=now.date().replace(year=now.year + 1, day=1), **changes)


@pytest.mark.parametrize("path", [MAP, "/ar/night-trains/rallies/map/", POINTS, GEOJSON, PICTURE])
def test_each_is_there_and_anybody_may_keep_it(client: Client, trains: Campaign, kassel: Rally, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    assert answer.headers["X-Tocsin-Campaign"] == str(trains.pk)
    assert not answer.cookies
    assert "Vary" not in answer.headers


@pytest.mark.parametrize("path", [MAP, POINTS, GEOJSON, PICTURE])
def test_a_draft_is_not_there(client: Client, path: str) -> None:
    factories.CampaignFactory.create(slug="night-trains")
    assert client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_only_the_map_may_ask_where_somebody_is(client: Client, kassel: Rally) -> None:
    assert "geolocation=(self)" in client.get(MAP).headers["Permissions-Policy"]
    for path in (POINTS, PICTURE, "/en/night-trains/", "/en/night-trains/rallies/"):
        assert "geolocation=()" in client.get(path).headers["Permissions-Policy"]


def test_where_somebody_is_goes_nowhere() -> None:
    """The one place that learns it hands it to the drawing and the sorting; nothing in the script sends anything."""
    script = (SCRIPTS / "map.js").read_text(encoding="utf-8")
    assert script.count("fetch(") == 1
    assert re.findall(r"fetched\(([^)]*)\)", script) == ["path", "place.dataset.points", "place.dataset.world"]
    everything = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS.glob("*.js"))
    ways_out = r"XMLHttpRequest|sendBeacon|WebSocket|EventSource|(?<!geo)location\b|history\.|localStorage|cookie"
    assert re.findall(ways_out, everything) == []


def test_quinns_rallies_are_on_quinns_map(client: Client, kassel: Rally) -> None:
    quinns = factories.CampaignFactory.create(slug="open-libraries", opens_at=clock())
    soon(quinns, where=LISBON)
    assert orjson.loads(client.get(POINTS).content)["town"] == ["Kassel"]
    assert [one["properties"]["city"] for one in features(client)] == ["Kassel"]
    assert b"Lisbon" not in client.get(MAP).content


def features(client: Client) -> list[dict[str, Any]]:
    made = orjson.loads(client.get(GEOJSON).content)
    assert made["type"] == "FeatureCollection"
    found: list[dict[str, Any]] = made["features"]
    return found


def test_geojson_says_where_when_and_whether(client: Client, trains: Campaign, kassel: Rally) -> None:
    Occurrence.objects.filter(rally=kassel).update(state=DateState.CANCELLED)
    soon(trains, title={"en": "On screen"}, attendance=Attendance.ONLINE, online_url="https://meet.example/")
    on_screen, cancelled = sorted(features(client), key=lambda one: one["geometry"] is not None)
    assert cancelled["geometry"] == {"type": "Point", "coordinates": [9.5, 51.3167]}
    assert cancelled["properties"] | {"starts_at": "", "ends_at": ""} == {
        "title": "Bring back the night trains: Kassel",
        "url": "http://testserver/en/night-trains/rallies/kassel/",
        "city": "Kassel",
        "country": "DE",
        "starts_at": "",
        "ends_at": "",
        "zone": "Europe/Berlin",
        "state": "cancelled",
        "is_over": False,
        "attendance": "in_person",
        "access": [],
        "is_main": False,
        "place_is_approximate": False,
    }
    assert str(cancelled["properties"]["starts_at"]).endswith(("T12:00:00+01:00", "T12:00:00+02:00"))
    assert (on_screen["geometry"], on_screen["properties"]["title"]) == (None, "On screen")


def test_any_page_may_read_the_geojson_and_no_other_of_these(client: Client, kassel: Rally) -> None:
    allowed = {path: client.get(path).headers.get("Access-Control-Allow-Origin") for path in (GEOJSON, POINTS, MAP)}
    assert allowed == {GEOJSON: "*", POINTS: None, MAP: None}
    assert client.get(GEOJSON).headers["Content-Type"] == "application/geo+json"


@pytest.mark.parametrize("path", [POINTS, GEOJSON, PICTURE])
def test_a_private_address_is_in_none_of_them(client: Client, trains: Campaign, path: str) -> None:
    at_home = soon(trains, is_address_private=True)
    Rally.objects.filter(pk=at_home.pk).update(latitude=51.316742, longitude=9.498271)
    text = client.get(path).content.decode()
    for digits in ("316742", "498271", "51.3167", "9.4983", "513167", "94983"):
        assert digits not in text


def test_a_cancelled_rally_is_not_in_the_picture(client: Client, trains: Campaign, kassel: Rally) -> None:
    Occurrence.objects.filter(rally=soon(trains, where=LISBON, zone="Europe/Lisbon")).update(state=DateState.CANCELLED)
    assert client.get(PICTURE).content.count(b"<circle") == 1


def test_without_javascript_there_are_the_picture_and_the_way_to_the_list(client: Client, kassel: Rally) -> None:
    page = client.get(MAP).content.decode()
    assert '<img class="where__picture" src="/night-trains/rallies.svg"' in page
    assert 'alt="Map with a dot for the place of 1 rally"' in page
    assert '<a href="/en/night-trains/rallies/">The same as a list</a>' in page


def test_a_campaign_without_rallies_has_an_empty_page_and_loads_no_script(client: Client, trains: Campaign) -> None:
    page = client.get(MAP).content.decode()
    assert "There is no rally on the map yet." in page
    assert "leaflet" not in page
    assert "map.js" not in page
    assert rallies_picture(trains, "en", rallies=0) is None


def test_the_picture_says_in_words_how_many_there_are(trains: Campaign) -> None:
    found = rallies_picture(trains, "en", rallies=1612)
    assert found is not None
    assert found.words == "Map with dots for the places of 1,612 rallies"


def test_no_other_host_is_asked_unless_one_is_set(client: Client, kassel: Rally) -> None:
    answer = client.get(MAP)
    assert "Content-Security-Policy" in answer.headers
    assert "https:" not in answer.headers["Content-Security-Policy"]
    assert "data-map-streets" not in answer.content.decode()


def test_streets_are_offered_with_the_name_of_who_is_asked(client: Client, kassel: Rally, settings: Settings) -> None:
    settings.MAP_TILES, settings.MAP_CREDIT = "https://tiles.example:8443/{z}/{x}/{y}.png", "© Neighbours <b>"
    answer = client.get(MAP)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["img-src"] == "'self' https://tiles.example:8443"
    assert (policy["connect-src"], policy["script-src"], policy["default-src"]) == ("'self'", "'self'", "'none'")
    page = answer.content.decode()
    assert "tiles.example:8443, which learns your network address" in page
    assert "data-map-streets>" in page
    assert "Streets: © Neighbours &lt;b&gt;" in page
    assert "tiles.example" not in client.get("/en/night-trains/").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "given",
    [
        "https://tiles.example/{z}/{x}.png",
        "http://tiles.example/{z}/{x}/{y}.png",
        "https://sam:secret@tiles.example/{z}/{x}/{y}.png",
        "https://{s}.tiles.example/{z}/{x}/{y}.png",
        "https://tiles.example; script-src 'unsafe-inline'/{z}/{x}/{y}.png",
        "//tiles.example/{z}/{x}/{y}.png",
    ],
)
def test_tiles_that_a_policy_cannot_name_are_refused_at_the_start(given: str) -> None:
    with pytest.raises(BadSettingError, match="TOCSIN_MAP_TILES is not usable: give an address like"):
        read_settings({"TOCSIN_MAP_TILES": given})
