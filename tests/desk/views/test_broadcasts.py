"""Telling many rallies at the desk: Edith drafts, Noor sends; and one act says that the goal is reached."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import rallies as factory
from tests.factories.campaigns import PASSWORD
from tocsin.campaigns.models import Campaign
from tocsin.outbox.models import Letter
from tocsin.rallies.domain import broadcast as verbs
from tocsin.rallies.models import Broadcast, Rally
from tocsin.rallies.states import BroadcastState, State

FORM = {"text.en": "Bring umbrellas.", "shown_until": "2099-06-06T18:00"}
SAID = {"text.en": "The night train runs again."}


def at(name: str, campaign: Campaign, **more: int) -> str:
    return reverse(f"desk:{name}", kwargs={"slug": campaign.slug, **more})


def coming_up(campaign: Campaign, number: int = 1) -> list[Rally]:
    """Return weekly rallies with a host each, which have dates to come on the real clock."""
    now = datetime.now(UTC)
    rallies = []
    for _ in range(number):
        first = (now + timedelta(days=3)).date()
        rally = factory.rally(campaign=campaign, first_on=first, repeat="FREQ=WEEKLY", now=now)
        factory.host(rally)
        rallies.append(rally)
    return rallies


def draft(desk: Client, campaign: Campaign, **more: str) -> Broadcast:
    answer = desk.post(at("broadcast-new", campaign), FORM | more)
    assert answer.status_code == 303
    return Broadcast.objects.latest("pk")


def press(desk: Client, broadcast: Broadcast, act: str) -> str:
    address = at("broadcast-send", broadcast.campaign, number=broadcast.pk)
    return desk.post(address, {"act": act}, follow=True).content.decode()


def work() -> bool:
    return verbs.work(now=lambda: datetime.now(UTC))


def test_the_whole_way(campaign: Campaign, desk: Client, edith_desk: Client) -> None:
    coming_up(campaign, 2)
    broadcast = draft(edith_desk, campaign)
    shown = edith_desk.get(at("broadcast", campaign, number=broadcast.pk)).content.decode()
    assert ("It is for 2 rallies." in shown, "At the most 2 people" in shown) == (True, True)
    assert ("Only an owner of the campaign can send it." in shown, "Send it to all of them" in shown) == (True, False)
    assert "The notice stands on their pages now" in press(desk, broadcast, "send")
    assert work()
    page = desk.get(at("broadcast", campaign, number=broadcast.pk)).content.decode()
    assert ("2 rallies are done." in page, "1 address has its mail" in page) == (True, True)
    assert Letter.objects.count() == 1
    assert "The notice is gone" in press(desk, broadcast, "down")


def test_an_editor_does_not_send(campaign: Campaign, edith_desk: Client) -> None:
    broadcast = draft(edith_desk, campaign)
    address = at("broadcast-send", campaign, number=broadcast.pk)
    assert edith_desk.post(address, {"act": "send"}).status_code == 403
    broadcast.refresh_from_db()
    assert broadcast.state == BroadcastState.DRAFT


def test_two_owners_send_it_once(campaign: Campaign, desk: Client) -> None:
    broadcast = draft(desk, campaign)
    press(desk, broadcast, "send")
    assert "Nothing was sent" in press(desk, broadcast, "send")


def test_a_draft_is_changed_and_thrown_away(campaign: Campaign, desk: Client) -> None:
    broadcast = draft(desk, campaign)
    edit = at("broadcast-edit", campaign, number=broadcast.pk)
    assert "Bring umbrellas." in desk.get(edit).content.decode()
    desk.post(edit, FORM | {"text.en": "Bring lanterns."})
    broadcast.refresh_from_db()
    assert broadcast.text == {"en": "Bring lanterns."}
    desk.post(at("broadcast", campaign, number=broadcast.pk), {"act": "drop"})
    assert Broadcast.objects.count() == 0


def test_what_was_sent_meanwhile_is_not_changed(campaign: Campaign, desk: Client) -> None:
    broadcast = draft(desk, campaign)
    press(desk, broadcast, "send")
    page = desk.post(at("broadcast-edit", campaign, number=broadcast.pk), FORM | {"text.en": "x"}, follow=True)
    assert "Somebody else was faster" in page.content.decode()


@pytest.mark.parametrize(
    "wrong, name",
    [
        ({"text.en": " "}, "text.en"),
        ({"shown_until": "2020-01-01T00:00"}, "shown_until"),
        ({"shown_until": "soon"}, "shown_until"),
        ({"region": "US-CT"}, "region"),
        ({"country": "PT"}, "country"),
        ({"day_of_action": "7"}, "day_of_action"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    campaign: Campaign, desk: Client, wrong: dict[str, str], name: str
) -> None:
    answer = desk.post(at("broadcast-new", campaign), FORM | wrong)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [name])


@pytest.mark.parametrize("name", ["broadcast", "broadcast-edit", "broadcast-send"])
def test_another_campaigns_message_is_not_found(campaign: Campaign, desk: Client, name: str) -> None:
    now = datetime.now(UTC)
    theirs = Broadcast.objects.create(
        campaign=factory.rally().campaign, text={"en": "x"}, shown_until=now + timedelta(days=1)
    )
    answer = desk.post(at(name, campaign, number=theirs.pk), FORM | {"act": "send"})
    assert answer.status_code == 404
    assert desk.post(at("broadcast", campaign, number=theirs.pk), {"act": "drop"}).status_code == 404
    assert Broadcast.objects.get().state == BroadcastState.DRAFT


def test_three_messages_ask_no_more_than_one(campaign: Campaign, desk: Client) -> None:
    asked = []
    for number in (1, 2):
        for _ in range(number):
            draft(desk, campaign)
        with CaptureQueriesContext(connection) as queries:
            desk.get(at("broadcasts", campaign))
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_goal_is_reached_by_one_act(campaign: Campaign, desk: Client) -> None:
    coming_up(campaign)
    asked = desk.get(at("resolve", campaign)).content.decode()
    assert ("1 rally ends" in asked, "This cannot be undone." in asked) == (True, True)
    said = desk.post(at("resolve", campaign), SAID | {"own_password": PASSWORD}, follow=True).content.decode()
    assert "It is said." in said
    work()
    assert (Rally.objects.get().state, Letter.objects.count()) == (State.ENDED, 1)
    assert "You have said so" in desk.get(at("resolve", campaign)).content.decode()
    again = desk.post(at("resolve", campaign), SAID | {"own_password": PASSWORD}, follow=True).content.decode()
    assert "has said so already" in again


@pytest.mark.parametrize("form", [{"own_password": "wrong"}, {"own_password": PASSWORD, "text.en": ""}])
def test_the_goal_is_not_reached_by_a_slip(campaign: Campaign, desk: Client, form: dict[str, str]) -> None:
    assert desk.post(at("resolve", campaign), SAID | form).status_code == 422
    assert Broadcast.objects.count() == 0


def test_an_editor_does_not_end_the_rallies(campaign: Campaign, edith_desk: Client) -> None:
    answer = edith_desk.post(at("resolve", campaign), SAID | {"own_password": PASSWORD})
    assert (answer.status_code, Broadcast.objects.count()) == (403, 0)
