"""The queue of rallies: Noor approves, returns, trusts and refuses; Quinn sees nothing of it."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import rallies as factory
from tocsin.campaigns.models import Campaign, User
from tocsin.desk.views import rallies as view
from tocsin.outbox.models import Letter
from tocsin.rallies.details import Where
from tocsin.rallies.models import Rally, TrustedHost
from tocsin.rallies.states import State

SOMEWHERE = (("Kassel", "DE"), ("Lisbon", "PT"), ("Malmö", "SE"), ("Cádiz", "ES"))


def announced(campaign: Campaign, number: int = 1, **changes: Any) -> list[Rally]:
    """Return rallies that were announced and confirmed, each by a host."""
    made = []
    for place in range(number):
        city, country = SOMEWHERE[place % len(SOMEWHERE)]
        where = Where(city=city, country=country)
        rally = factory.rally(campaign=campaign, state=State.ANNOUNCED, **({"where": where} | changes))
        factory.host(rally)
        made.append(rally)
    return made


def queue_of(campaign: Campaign) -> str:
    return reverse("desk:rally-queue", args=[campaign.slug])


def press(desk: Client, campaign: Campaign, act: str, *rallies: Rally, **more: str) -> str:
    """Tick rallies and press a button; return the page that follows."""
    form = {"act": act, "rallies": [rally.pk for rally in rallies], **more}
    return desk.post(queue_of(campaign), form, follow=True).content.decode()


def state(rally: Rally) -> State:
    rally.refresh_from_db()
    return State(rally.state)


def test_the_queue_shows_what_when_where_and_who_in_the_order_of_announcing(campaign: Campaign, desk: Client) -> None:
    announced(campaign, 2)
    page = desk.get(queue_of(campaign)).content.decode()
    for words in ("Kassel, Germany", "Saturday", "12:00", "Europe/Berlin, UTC+2", "Friends of the night train"):
        assert words in page
    assert page.index("Kassel, Germany") < page.index("Lisbon, Portugal")


def test_an_approved_rally_is_shown_and_its_host_is_told(campaign: Campaign, desk: Client) -> None:
    one, other, third = announced(campaign, 3)
    assert "2 rallies are public now" in press(desk, campaign, "approve", one, other)
    assert [state(one), state(other), state(third)] == [State.APPROVED, State.APPROVED, State.ANNOUNCED]
    assert Letter.objects.count() == 2


def test_one_button_is_enough(campaign: Campaign, desk: Client) -> None:
    one, other = announced(campaign, 2)
    desk.post(queue_of(campaign), {"one": f"approve.{other.pk}", "rallies": [one.pk], "act": ""})
    assert [state(one), state(other)] == [State.ANNOUNCED, State.APPROVED]


def test_what_somebody_else_decided_first_is_said(campaign: Campaign, desk: Client, edith_desk: Client) -> None:
    one, other = announced(campaign, 2)
    press(edith_desk, campaign, "refuse", one)
    page = press(desk, campaign, "approve", one, other)
    assert ("1 rally is public now" in page, "Nothing was left to do for 1" in page) == (True, True)
    assert state(one) == State.REFUSED


def test_a_rally_is_returned_with_a_note_only(campaign: Campaign, desk: Client) -> None:
    (rally,) = announced(campaign)
    asked = press(desk, campaign, "return", rally)
    assert ("What should the host change?" in asked, state(rally)) == (True, State.ANNOUNCED)
    assert "Fill this in." in press(desk, campaign, "return-sure", rally, note="")
    press(desk, campaign, "return-sure", rally, note="Please name the square.")
    assert (state(rally), rally.note, Letter.objects.count()) == (State.RETURNED, "Please name the square.", 1)


def test_a_refusal_can_be_undone(campaign: Campaign, desk: Client) -> None:
    (rally,) = announced(campaign)
    assert "Undo: put it back" in press(desk, campaign, "refuse", rally)
    assert (state(rally), Letter.objects.count()) == (State.REFUSED, 0)
    press(desk, campaign, "back", rally)
    assert state(rally) == State.ANNOUNCED


def test_a_trusted_host_is_said_to_be_one(campaign: Campaign, desk: Client) -> None:
    one, other = announced(campaign, 2)
    press(desk, campaign, "trust", one)
    assert (state(one), state(other), TrustedHost.objects.count()) == (State.APPROVED, State.ANNOUNCED, 1)
    assert "trusted host" in desk.get(queue_of(campaign)).content.decode()
    press(desk, campaign, "distrust", one)
    assert (state(one), TrustedHost.objects.count()) == (State.APPROVED, 0)


def test_what_changed_or_was_reported_is_looked_at_again(campaign: Campaign, desk: Client) -> None:
    changed, reported = factory.rally(campaign=campaign), factory.rally(campaign=campaign)
    Rally.objects.filter(pk=changed.pk).update(has_big_change=True)
    Rally.objects.filter(pk=reported.pk).update(reports=3)
    page = desk.get(queue_of(campaign)).content.decode()
    assert ("changed since it was approved" in page, "reported 3 times" in page) == (True, True)
    press(desk, campaign, "approve", changed, reported)
    assert list(Rally.objects.values_list("state", "has_big_change", "reports")) == [(State.APPROVED, False, 0)] * 2


def test_the_menu_says_how_many_wait(campaign: Campaign, desk: Client) -> None:
    announced(campaign, 3)
    page = desk.get(reverse("desk:campaign", args=[campaign.slug])).content.decode()
    assert 'Rallies to look at <span class="count">3</span>' in page


@pytest.mark.parametrize("act", ["approve", "return-sure", "refuse", "trust", "distrust", "back"])
def test_another_campaigns_rallies_are_out_of_reach(
    campaign: Campaign, open_one: Campaign, desk: Client, act: str
) -> None:
    (rally,) = announced(factory.rally().campaign)
    before = Rally.objects.values().get(pk=rally.pk)
    press(desk, campaign, act, rally, note="Mine.")
    press(desk, open_one, act, rally, note="Mine.")
    assert Rally.objects.values().get(pk=rally.pk) == before
    assert (TrustedHost.objects.count(), Letter.objects.count()) == (0, 0)


def test_quinn_cannot_decide(campaign: Campaign, quinn: User) -> None:
    (rally,) = announced(campaign)
    client = Client()
    client.force_login(quinn)
    for act in ("approve", "refuse", "return-sure", "trust"):
        form = {"act": act, "rallies": [rally.pk], "note": "Mine."}
        assert client.post(queue_of(campaign), form).status_code == 404
    assert state(rally) == State.ANNOUNCED


@pytest.mark.parametrize(
    "form", [{}, {"act": "burn"}, {"act": "approve"}, {"one": "approve.x"}, {"act": "approve", "rallies": "9" * 40}]
)
def test_a_form_that_makes_no_sense_changes_nothing(campaign: Campaign, desk: Client, form: dict[str, str]) -> None:
    (rally,) = announced(campaign)
    assert desk.post(queue_of(campaign), form).status_code == 303
    assert state(rally) == State.ANNOUNCED


def test_the_queue_is_read_page_by_page(campaign: Campaign, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "PAGE", 2)
    rallies = announced(campaign, 5)
    seen, after = [], ""
    for _ in range(3):
        page = desk.get(queue_of(campaign), {"after": after}).context
        seen += [row.number for row in page["rows"]]
        after = page["next"]
    assert (seen, after) == ([rally.pk for rally in rallies], "")


@pytest.mark.parametrize("name", ["rally-queue", "rallies"])
def test_three_rallies_ask_no_more_than_one(campaign: Campaign, desk: Client, name: str) -> None:
    address = reverse(f"desk:{name}", args=[campaign.slug])
    asked = []
    for number in (1, 2):
        announced(campaign, number)
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    "words, found",
    [
        ("lisb", ["Lisbon"]),
        ("Malmö", ["Malmö"]),
        ("malmo", ["Malmö"]),
        ("night train", ["Malmö", "Lisbon", "Kassel"]),
        ("rome", []),
    ],
)
def test_a_rally_is_found_by_a_part_of_its_names(
    campaign: Campaign, desk: Client, words: str, found: list[str]
) -> None:
    announced(campaign, 3)
    page = desk.get(reverse("desk:rallies", args=[campaign.slug]), {"words": words}).context
    assert [row.rally.city for row in page["rows"]] == found


def test_a_title_in_any_script_is_found(campaign: Campaign, desk: Client) -> None:
    announced(campaign, title={"ar": "قطار الليل", "de": "Große Nacht"})
    announced(campaign)
    for words in ("قطار", "Große"):
        page = desk.get(reverse("desk:rallies", args=[campaign.slug]), {"words": words}).context
        assert [row.rally.title.get("de") for row in page["rows"]] == ["Große Nacht"]


def test_the_list_is_narrowed_to_a_state_and_hides_what_nobody_confirmed(campaign: Campaign, desk: Client) -> None:
    factory.rally(campaign=campaign, state=State.ASKED)
    announced(campaign)
    approved = factory.rally(campaign=campaign)
    address = reverse("desk:rallies", args=[campaign.slug])
    assert len(desk.get(address).context["rows"]) == 2
    assert [row.number for row in desk.get(address, {"state": "approved"}).context["rows"]] == [approved.pk]
    assert desk.get(address, {"state": "asked"}).context["state"] == ""


def test_an_empty_queue_says_what_comes_here(campaign: Campaign, desk: Client) -> None:
    assert "Nothing waits." in desk.get(queue_of(campaign)).content.decode()
    assert "There is no rally yet." in desk.get(reverse("desk:rallies", args=[campaign.slug])).content.decode()
