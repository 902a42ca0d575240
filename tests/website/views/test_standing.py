"""Behind the mail that asks whether a series goes on: a page that changes nothing, and two buttons that do."""

from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from tests.factories import rallies
from tests.factories.signing import open_campaign
from tocsin.rallies.domain.upkeep import keep_up
from tocsin.rallies.models import Host, Rally
from tocsin.rallies.standing_links import Question, standing_token
from tocsin.rallies.states import State

ASKED = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def host() -> Host:
    campaign = open_campaign()
    rally = rallies.rally(campaign=campaign, first_on=date(2026, 5, 4), repeat="FREQ=WEEKLY")
    made, _ = rallies.host(rally)
    assert keep_up(now=ASKED).asked == 1
    return made


def path_of(host: Host) -> str:
    return f"/h/{standing_token(Question(host.pk, ASKED.date()))}/standing"


def fresh(host: Host) -> Rally:
    return Rally.objects.get(pk=host.rally_id)


def test_opening_it_changes_nothing_and_sets_no_cookie(client: Client, host: Host) -> None:
    answer = client.get(path_of(host))
    assert answer.status_code == HTTPStatus.OK
    assert "Are you still standing there?" in answer.content.decode()
    assert "Königsplatz, Kassel" in answer.content.decode()
    assert (fresh(host).standing_on, fresh(host).state) == (None, State.APPROVED)
    assert not answer.cookies


def test_yes_is_noted_and_thanked_for(client: Client, host: Host) -> None:
    pressed = client.post(path_of(host), {"answer": "on"})
    assert (pressed.status_code, pressed["Location"]) == (HTTPStatus.SEE_OTHER, path_of(host))
    assert fresh(host).standing_on is not None
    assert "Thank you: it goes on." in client.get(path_of(host)).content.decode()


def test_over_ends_the_series_and_the_link(client: Client, host: Host) -> None:
    client.post(path_of(host), {"answer": "over"})
    assert fresh(host).state == State.ENDED
    gone = client.get(path_of(host))
    assert gone.status_code == HTTPStatus.GONE
    assert "There is nothing to answer here" in gone.content.decode()


def test_anything_else_is_no_answer(client: Client, host: Host) -> None:
    client.post(path_of(host), {"answer": "maybe"})
    assert (fresh(host).standing_on, fresh(host).state) == (None, State.APPROVED)


def test_a_link_that_we_have_not_made_opens_nothing(client: Client, host: Host) -> None:
    token = standing_token(Question(host.pk, ASKED.date()))
    forged = f"/h/{token[:-2]}{'AA' if token[-2:] != 'AA' else 'BA'}/standing"
    assert client.get(forged).status_code == HTTPStatus.GONE
    client.post(forged, {"answer": "over"})
    assert fresh(host).state == State.APPROVED


def test_two_weeks_without_an_answer_stand_on_its_page_and_in_the_list(
    client: Client, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days, is_said in ((13, False), (14, True)):
        now = ASKED + timedelta(days=days)
        for module in ("rally_pages", "kit.page"):
            monkeypatch.setattr(f"tocsin.website.{module}.clock", lambda now=now: now)
        page = client.get("/en/night-trains/rallies/kassel/").content.decode()
        listed = client.get("/en/night-trains/rallies/").content.decode()
        assert ("ask before you travel far" in page) is is_said
        assert ("Not confirmed lately" in listed) is is_said
        assert "/kit/" in page
