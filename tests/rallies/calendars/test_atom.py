"""The feed of what changed among a campaign's rallies."""

from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from tests.factories import rallies as make
from tests.factories.rallies import NOW
from tests.factories.signing import open_campaign
from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import Rally
from tocsin.rallies.queries.changes import last_changes
from tocsin.rallies.states import DateState, State

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def campaign() -> Campaign:
    return open_campaign()


def entries(client: Client, language: str = "en") -> list[dict[str, str]]:
    """Return the entries of the feed, newest first."""
    answer = client.get(f"/{language}/night-trains/rallies.atom")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.content)
    assert root.findtext(f"{ATOM}id") == f"http://testserver/{language}/night-trains/rallies.atom"
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    return [
        {name: one.findtext(f"{ATOM}{name}") or "" for name in ("id", "title", "updated", "summary")}
        | {"link": one.find(f"{ATOM}link").attrib["href"]}  # type: ignore[union-attr]  # there is one
        for one in root.findall(f"{ATOM}entry")
    ]


def test_a_new_rally_is_an_entry(client: Client, campaign: Campaign) -> None:
    rally = make.rally(campaign=campaign)
    [entry] = entries(client)
    assert entry["id"] == f"tag:testserver,2026-05-01:rally:{rally.uid}"
    assert entry["title"].endswith(": Kassel")
    assert entry["link"] == "http://testserver/en/night-trains/rallies/kassel/"
    assert entry["updated"] == "2026-05-01T09:00:00+00:00"
    assert "Saturday, June 6, 2026" in entry["summary"]
    assert "Königsplatz, Kassel, Germany" in entry["summary"]


def test_a_cancelled_date_of_a_series_comes_first_and_its_series_stays_as_it_is(
    client: Client, campaign: Campaign
) -> None:
    rally = make.rally(campaign=campaign, repeat="FREQ=WEEKLY")
    date_of_it = rally.occurrences.filter(original_on=date(2026, 6, 13))
    date_of_it.update(state=DateState.CANCELLED, changed_at=LATER, note="Flood.")
    cancelled, series = entries(client)
    assert (cancelled["id"], series["id"][-32:]) == (f"{series['id']}:2026-06-13", rally.uid)
    assert cancelled["title"] == f"CANCELLED – {series['title']}"
    assert cancelled["link"].endswith("/rallies/kassel/2026-06-13/")
    assert cancelled["summary"].endswith("Flood.")


def test_a_rally_held_once_that_is_cancelled_is_one_entry(client: Client, campaign: Campaign) -> None:
    rally = make.rally(campaign=campaign)
    rally.occurrences.update(state=DateState.CANCELLED, changed_at=LATER)
    [entry] = entries(client)
    assert entry["title"].startswith("CANCELLED – ")
    assert entry["updated"] == "2026-05-01T10:00:00+00:00"


def test_a_private_address_and_what_nobody_approved_are_not_in_it(client: Client, campaign: Campaign) -> None:
    make.rally(campaign=campaign, is_address_private=True)
    make.rally(campaign=campaign, state=State.ANNOUNCED)
    make.rally()
    [entry] = entries(client)
    assert "Königsplatz" not in entry["summary"]
    assert "Kassel, Germany" in entry["summary"]


def test_an_empty_feed_is_the_same_each_time(client: Client, campaign: Campaign) -> None:
    assert entries(client, "ar") == []
    first, second = (client.get("/en/night-trains/rallies.atom").content for _ in range(2))
    assert first == second


def test_hostile_text_is_text(client: Client, campaign: Campaign) -> None:
    make.rally(campaign=campaign)
    Rally.objects.update(title={"en": "<script>\x0b&"})
    assert entries(client)[0]["title"] == "<script>&"


@pytest.mark.parametrize("number", [1, 3])
def test_it_costs_three_queries_however_many(
    campaign: Campaign, number: int, django_assert_num_queries: object
) -> None:
    for _ in range(number):
        make.rally(campaign=campaign)
    with django_assert_num_queries(3):  # type: ignore[operator]  # pytest-django's fixture is a callable
        assert len(last_changes(campaign, limit=50)) == number
