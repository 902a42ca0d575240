"""The list shows a series once: what stands below its date, and when such a page is to be drawn anew."""

import re
from datetime import UTC, date, datetime
from http import HTTPStatus

import pytest
from django.test import Client

from tests.factories import rallies as factory
from tests.factories.rallies import LISBON
from tests.factories.signing import open_campaign
from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import Occurrence
from tocsin.rallies.states import DateState

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "/en/night-trains/rallies/"
NOON_IN_KASSEL = datetime(2026, 6, 6, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_the_first_of_may(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("rally_pages", "answers"):
        monkeypatch.setattr(f"tocsin.website.{module}.clock", lambda: factory.NOW)


@pytest.fixture
def trains() -> Campaign:
    return open_campaign()


def page_at(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == HTTPStatus.OK, path
    return answer.content.decode()


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


@pytest.mark.parametrize(
    "repeat, words",
    [
        ("FREQ=WEEKLY", "Every Saturday"),
        ("FREQ=WEEKLY;BYDAY=SA;UNTIL=20260718", "Every Saturday until July 18"),
        ("FREQ=WEEKLY;UNTIL=20270109", "Every Saturday until January 9, 2027"),
        ("FREQ=WEEKLY;INTERVAL=2", "Every 2 weeks"),
        ("FREQ=WEEKLY;COUNT=4", "and 3 more dates"),
        ("FREQ=WEEKLY;BYDAY=SA,WE;UNTIL=20260610", "and 1 more date"),
        ("FREQ=MONTHLY;BYDAY=1SA;UNTIL=20260801", "and 2 more dates"),
        ("FREQ=MONTHLY", "Every month"),
    ],
)
def test_a_series_is_one_row_that_says_how_it_goes_on_and_leads_to_all_its_dates(
    client: Client, trains: Campaign, repeat: str, words: str
) -> None:
    factory.rally(campaign=trains, repeat=repeat)
    page = page_at(client, LIST)

    assert page.count('class="town__name"') == 1
    assert f'<a class="town__series" href="{LIST}kassel/"><bdi>{words}</bdi></a>' in page
    assert f'class="town__name" href="{LIST}kassel/2026-06-06/"' in page
    assert "Series" not in words_of(page)


def test_of_a_series_the_next_that_takes_place_is_shown_and_the_cancelled_one_beside_it(
    client: Client, trains: Campaign
) -> None:
    rally = factory.rally(campaign=trains, repeat="FREQ=WEEKLY;COUNT=2")
    Occurrence.objects.filter(rally=rally, original_on=date(2026, 6, 6)).update(state=DateState.CANCELLED)
    page = page_at(client, LIST)

    assert f'class="town__name" href="{LIST}kassel/2026-06-13/"' in page
    assert f'<a class="struck" href="{LIST}kassel/2026-06-06/">Saturday, June 6, 2026</a>' in page
    assert "Saturday, June 6, 2026 Cancelled" in words_of(page)
    assert "town__series" not in page  # no other is left


def test_a_list_ends_with_the_next_turn_of_any_rally_since_its_series_goes_on_elsewhere(
    client: Client, trains: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tocsin.website.rally_pages.PAGE", 1)
    factory.rally(campaign=trains, repeat="FREQ=DAILY")
    factory.rally(campaign=trains, first_on=date(2026, 6, 7), where=LISBON)
    [query] = re.findall(rf'href="{LIST}(\?[^"]+)" rel="next"', page_at(client, LIST))

    until = client.get(LIST + query).headers["X-Tocsin-Until"]
    assert int(until) == int(NOON_IN_KASSEL.timestamp())
