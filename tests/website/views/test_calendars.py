"""The addresses of calendars."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from tests.factories import rallies as make
from tests.factories.signing import open_campaign
from tests.rallies.calendars.reading import events, parsed
from tocsin.campaigns.models import Campaign
from tocsin.rallies import calendars
from tocsin.rallies.details import Where
from tocsin.rallies.models import Broadcast, Rally
from tocsin.rallies.states import BroadcastState, State

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def campaign(monkeypatch: pytest.MonkeyPatch) -> Campaign:
    monkeypatch.setattr("tocsin.website.views.calendars.clock", lambda: make.NOW)
    return open_campaign()


def send_broadcast(campaign: Campaign, text: str, **where: str) -> None:
    now = make.NOW
    Broadcast.objects.create(
        campaign=campaign, text={"en": text}, state=BroadcastState.SENT, sent_at=now, shown_until=now + DAY, **where
    )


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
        "/en/night-trains/rallies/region/us-zz.ics", "/en/night-trains/rallies/region/US-CT.ics",
        "/en/night-trains/rallies/region/de.atom", "/en/night-trains/rallies/country/xx.atom",
        "/en/night-trains/rallies/country/xx.ics", "/en/night-trains/rallies/country/DE.ics",
        "/en/night-trains/rallies/kassel/2026-06-07.ics", "/en/night-trains/rallies/kassel/2026-02-30.ics",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_there(client: Client, campaign: Campaign, path: str) -> None:
    make.rally(campaign=campaign)
    assert client.get(path).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("language", ["en/", ""])
def test_a_region_has_a_calendar_of_its_own_with_its_name(client: Client, campaign: Campaign, language: str) -> None:
    where, daily = Where(city="Hartford", country="US", region="US-CT"), "FREQ=DAILY;UNTIL=20301231"
    hartford = make.rally(campaign=campaign, where=where, repeat=daily)
    make.rally(campaign=campaign, where=Where(city="Troy", country="US", region="US-NY"), repeat=daily)
    make.rally(campaign=open_campaign("open-libraries"), where=where, repeat=daily)
    content = client.get(f"/{language}night-trains/rallies/region/us-ct.ics").content
    assert [event.uid for event in events(content)] == [f"{hartford.uid}@testserver"]
    assert parsed(content)["NAME"] == "Bring back the night trains: rallies in Connecticut"
    assert parsed(content)["SOURCE"] == "http://testserver/en/night-trains/rallies/region/us-ct.ics"
    assert events(client.get("/night-trains/rallies/region/gb-sct.ics").content) == []


def test_a_region_without_a_name_is_called_as_its_country_is(client: Client, campaign: Campaign) -> None:
    make.rally(campaign=campaign, where=Where(city="Geneva", country="CH", region="CH-GE"))
    content = client.get("/en/night-trains/rallies/region/ch-ge.ics").content
    assert parsed(content)["NAME"] == "Bring back the night trains: rallies in Switzerland"


@pytest.mark.parametrize(
    "path, named, cities",
    [
        ("country/us.atom", "rallies in United States", {"Hartford", "Troy"}),
        ("region/us-ct.atom", "rallies in Connecticut", {"Hartford"}),
    ],
)
def test_a_feed_of_a_country_or_region_tells_of_that_alone(
    client: Client, campaign: Campaign, path: str, named: str, cities: set[str]
) -> None:
    for city, country, region in (("Hartford", "US", "US-CT"), ("Troy", "US", "US-NY"), ("Lisbon", "PT", "")):
        make.rally(campaign=campaign, where=Where(city=city, country=country, region=region))
    for text, place in (("Rain there", {"country": "US", "region": "US-CT"}), ("Rain in Porto", {"country": "PT"})):
        send_broadcast(campaign, text, **place)
    page = client.get(f"/en/night-trains/rallies/{path}").content.decode()
    assert f"<title>Bring back the night trains: {named}</title>" in page
    assert {city for city in ("Hartford", "Troy", "Lisbon") if city in page} == cities
    assert ("Rain there" in page, "Rain in Porto" in page) == (True, False)


def test_the_list_offers_the_feeds_of_what_it_is_filtered_by(client: Client, campaign: Campaign) -> None:
    make.rally(campaign=campaign, where=Where(city="Hartford", country="US", region="US-CT"))
    make.rally(campaign=campaign, where=Where(city="Geneva", country="CH", region="CH-GE"))
    for query, part in (("", ""), ("country=US", "/country/us"), ("country=US&region=US-CT", "/region/us-ct")):
        page = client.get(f"/en/night-trains/rallies/?{query}").content.decode()
        feed = f"http://testserver/en/night-trains/rallies{part}"
        assert page.count(f'href="{feed}.ics"') == 2
        assert page.count(f'href="{feed}.atom"') == 1
    assert '<option value="US-CT" selected>Connecticut</option>' in page
    assert "CH-GE" not in client.get("/en/night-trains/rallies/?country=CH&region=CH-GE").content.decode().replace(
        "region=CH-GE", ""
    )


def test_a_calendar_shows_the_campaigns_picture_and_colour(client: Client, campaign: Campaign) -> None:
    calendar = client.get("/en/night-trains/rallies.ics").content
    picture = parsed(calendar)["IMAGE"]
    assert picture == "http://testserver/en/night-trains/card.png"
    assert dict(picture.params) == {"VALUE": "URI", "DISPLAY": "BADGE", "FMTTYPE": "image/png"}
    assert client.get(picture.removeprefix("http://testserver")).headers["Content-Type"] == "image/png"
    assert "COLOR" in parsed(calendar)


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
