"""What rallies keep to themselves, what of them runs nowhere, and what the campaign page says of them."""

import re
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from tests.factories import rallies as factory
from tests.factories.rallies import LISBON
from tests.factories.signing import open_campaign
from tocsin.campaigns.models import Campaign
from tocsin.rallies.details import Where
from tocsin.rallies.models import DayOfAction, Occurrence, Rally
from tocsin.rallies.queries.shown import Cursor
from tocsin.rallies.states import Attendance, DateState, State

pytestmark = pytest.mark.django_db(transaction=True)

NOW = factory.NOW
LIST = "/en/night-trains/rallies/"
TOKYO = Where(city="Tokyo", country="JP", place="Yoyogi Park")
# What would run, load or rewrite if any field came to a page as it is.
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\"'><img src=x onerror=alert(1)>",
    "{{ 7|add:7 }}{% load i18n %}",
    "@@slot:count@@",
    "]]>&lt;b&gt;\u2028\u202e",
)


@pytest.fixture(autouse=True)
def on_the_first_of_may(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, NOW)


def set_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Let every public page be asked for at `now`."""
    for module in ("rally_pages", "pages", "answers", "views.campaign"):
        monkeypatch.setattr(f"tocsin.website.{module}.clock", lambda: now)


@pytest.fixture
def trains() -> Campaign:
    return open_campaign()


def page_at(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == HTTPStatus.OK, path
    return answer.content.decode()


def towns_on(page: str) -> list[str]:
    """Return the towns that a page lists, in order."""
    return re.findall(r'class="town__name"[^>]*><bdi[^>]*>([^<]*)<', page)


def words_of(page: str) -> str:
    """Return a page's words without its marks, spaces in one."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def change(of: Rally, **columns: Any) -> None:
    Occurrence.objects.filter(rally=of).update(**columns)


def test_a_private_address_is_nowhere_on_public_pages(client: Client, trains: Campaign) -> None:
    rally = factory.rally(campaign=trains, is_address_private=True)
    Rally.objects.filter(pk=rally.pk).update(latitude=51.31671, longitude=9.50001)
    change(rally, place="Another back room", address="Secret Lane 7", latitude=51.31671, longitude=9.50001)

    for path in (LIST, f"{LIST}kassel/", "/en/night-trains/"):
        page = page_at(client, path)
        assert "Kassel" in page
        for secret in ("back room", "Secret Lane", "51.3167", "9.5000"):
            assert secret not in page, (path, secret)
    assert "who says they will come is told it by mail, 24 hours before" in words_of(page_at(client, f"{LIST}kassel/"))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_a_host_writes_runs_or_rewrites_a_page(client: Client, trains: Campaign, hostile: str) -> None:
    day = DayOfAction.objects.create(campaign=trains, key="june", held_on=NOW, title={"en": hostile})
    rally = factory.rally(campaign=trains, repeat="FREQ=WEEKLY;COUNT=2", day_of_action=day.pk)
    texts = {"en": hostile}
    Rally.objects.filter(pk=rally.pk).update(
        title=texts,
        about=texts,
        until_note=texts,
        held_by=hostile,
        city=hostile,
        place=hostile,
        address=hostile,
        online_url=f"javascript:{hostile}",
        attendance=Attendance.BOTH,
        chats=[{"label": hostile, "url": "javascript:alert(1)"}, {"label": hostile, "url": f"https://x/{hostile}"}],
    )
    change(rally, place=hostile, address=hostile, note=hostile)

    for path in (LIST, f"{LIST}kassel/", f"{LIST}kassel/2026-06-13/", "/en/night-trains/"):
        page = page_at(client, path)
        assert "<" not in hostile or hostile not in page, path
        assert "@@slot:count@@" not in page.replace("@@slot:count@@", "", 3 if path == "/en/night-trains/" else 0), path
        assert 'href="javascript:' not in page
        assert "alert(1)</script>" not in page
        assert "onerror=alert(1)>" not in page
        assert page.count('<script type="application/ld+json">') <= 1
        assert page.count("</script>") == page.count("<script "), path


def test_the_campaign_page_shows_the_next_ones_and_the_main_rally_whenever_it_is(
    client: Client, trains: Campaign
) -> None:
    for day in range(1, 6):
        factory.rally(campaign=trains, first_on=date(2026, 6, day), where=Where(city=f"Town {day}", country="PT"))
    factory.rally(campaign=trains, first_on=date(2026, 7, 1), is_main=True)
    factory.rally(campaign=trains, where=TOKYO, state=State.ANNOUNCED)
    page = page_at(client, "/en/night-trains/")

    assert towns_on(page) == ["Town 1", "Town 2", "Town 3", "Kassel"]
    assert "6 rallies" in words_of(page)
    assert "2 countries" in words_of(page)
    assert page.index('id="sign"') < page.index('class="next"')


def test_a_campaign_without_rallies_says_nothing_of_them(client: Client, trains: Campaign) -> None:
    factory.rally(campaign=trains, state=State.ANNOUNCED)
    page = page_at(client, "/en/night-trains/")

    assert "allies" not in words_of(page)
    assert "rallies.css" not in page


@pytest.mark.parametrize(
    "query", ["country=JP", "region=US-NY", "country=PT&region=US-NY", "language=ja", "day=july-4", "after=5.5"]
)
def test_what_names_nothing_of_this_campaign_makes_no_page(client: Client, trains: Campaign, query: str) -> None:
    factory.rally(campaign=trains, where=LISBON)
    quinns = open_campaign("open-libraries")
    day = DayOfAction.objects.create(campaign=quinns, key="july-4", held_on=NOW, title={})
    factory.rally(campaign=quinns, where=TOKYO, languages=("ja",), day_of_action=day.pk)
    factory.rally(campaign=quinns, where=Where(city="Troy", country="US", region="US-NY"))

    assert client.get(f"{LIST}?{query}").status_code == HTTPStatus.NOT_FOUND


def test_a_page_begins_after_a_date_that_is_on_it_and_nowhere_else(client: Client, trains: Campaign) -> None:
    factory.rally(campaign=trains, where=LISBON)
    one = factory.rally(campaign=trains).occurrences.get()
    theirs = factory.rally(campaign=open_campaign("open-libraries")).occurrences.get()
    asked = factory.rally(campaign=trains, state=State.ASKED).occurrences.get()
    real = Cursor(one.starts_at, one.pk)

    assert client.get(f"{LIST}?after={real}").status_code == HTTPStatus.OK
    for made_up in (
        Cursor(one.starts_at + timedelta(microseconds=1), one.pk),
        Cursor(one.starts_at, 10**6),
        Cursor(theirs.starts_at, theirs.pk),
        Cursor(asked.starts_at, asked.pk),
    ):
        assert client.get(f"{LIST}?after={made_up}").status_code == HTTPStatus.NOT_FOUND
    assert client.get(f"{LIST}?after={real}&country=PT").status_code == HTTPStatus.NOT_FOUND


def test_a_shared_link_brings_a_picture_of_the_date_it_leads_to(client: Client, trains: Campaign) -> None:
    rally = factory.rally(campaign=trains, repeat="FREQ=WEEKLY;COUNT=2")
    address = f"{LIST}kassel/2026-06-13/card.png"
    assert f'<meta property="og:image" content="http://testserver{address}">' in page_at(
        client, f"{LIST}kassel/2026-06-13/"
    )

    before = client.get(address)
    assert (before.headers["Content-Type"], before.content[:4]) == ("image/png", b"\x89PNG")
    assert before.headers["X-Tocsin-Campaign"] == str(trains.pk)
    change(rally, state=DateState.CANCELLED)
    assert client.get(address).content != before.content
    for path in (f"{LIST}kassel/2026-06-14/card.png", "/en/open-libraries/rallies/kassel/2026-06-13/card.png"):
        assert client.get(path).status_code == HTTPStatus.NOT_FOUND
    Rally.objects.filter(pk=rally.pk).update(state=State.ASKED)
    assert client.get(address).status_code == HTTPStatus.NOT_FOUND
