"""Held signatures: seen without a person in them, released or struck, one or many."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import MAYA
from tests.factories import signing
from tocsin.campaigns.models import Campaign
from tocsin.desk.views import held as view
from tocsin.signing.models import Signature, Tombstone
from tocsin.signing.queries import held
from tocsin.signing.states import Hold, State
from tocsin.tally.queries import count_of

WHY = "Sent by one robot from one network."


def hold_some(campaign: Campaign, number: int, hold: Hold = Hold.NETWORK_RATE) -> list[str]:
    """Confirm some signatures that wait for an organiser; return their keys."""
    before = {line.key for line in held(campaign.pk)}
    for one in range(number):
        person = replace(MAYA, address=f"{hold.name.lower()}{one}@example.org", name=f"Maya the {one}th")
        signing.confirm(signing.sign(campaign, person, hold=hold).token)
    return [line.key for line in held(campaign.pk) if line.key not in before]


def held_of(campaign: Campaign) -> str:
    return reverse("desk:held", args=[campaign.slug])


def states() -> list[int]:
    return sorted(Signature.objects.values_list("state", flat=True))


def test_the_list_shows_reason_country_and_day_and_no_person(open_one: Campaign, desk: Client) -> None:
    hold_some(open_one, 1)
    page = desk.get(held_of(open_one)).content.decode()
    assert ("Many from one network" in page, "Sweden" in page, "2026-04-02" in page) == (True, True, True)
    for secret in ("Maya", "network_rate0@example.org", "example.org</"):
        assert secret not in page.replace("noor@example.org", "")


def test_each_reason_for_holding_has_words() -> None:
    assert set(view.REASONS) == set(Hold)


@pytest.mark.parametrize("number", [1, 3])
def test_released_signatures_count(open_one: Campaign, desk: Client, number: int) -> None:
    keys = hold_some(open_one, 4)
    answer = desk.post(held_of(open_one), {"keys": keys[:number], "act": "release"})
    assert answer["Location"] == held_of(open_one)
    signing.count()
    assert count_of(open_one.pk).number == number
    assert states() == sorted([State.COUNTED] * number + [State.HELD] * (4 - number))


def test_a_strike_is_asked_about_before_anything_is_erased(open_one: Campaign, desk: Client) -> None:
    keys = hold_some(open_one, 3)
    asked = desk.post(held_of(open_one), {"keys": keys[:2], "act": "strike"})
    assert (asked.status_code, states()) == (200, [State.HELD] * 3)
    assert all(f'value="{key}"' in asked.content.decode() for key in keys[:2])
    desk.post(held_of(open_one), {"keys": keys[:2], "act": "strike-sure", "reason": WHY})
    assert states() == [State.HELD]
    assert list(Tombstone.objects.values_list("state", flat=True)) == [State.STRUCK] * 2


def test_what_somebody_else_decided_first_is_said(open_one: Campaign, desk: Client, edith_desk: Client) -> None:
    keys = hold_some(open_one, 2)
    edith_desk.post(held_of(open_one), {"keys": keys[:1], "act": "release"})
    said = desk.post(held_of(open_one), {"keys": keys, "act": "release"}, follow=True).content.decode()
    assert "1 signature was released" in said
    assert "1 was no longer held" in said


def test_another_campaigns_signatures_are_out_of_reach(campaign: Campaign, open_one: Campaign, desk: Client) -> None:
    keys = hold_some(open_one, 1)
    elsewhere = signing.open_campaign("third-rail")
    for act in ("release", "strike-sure"):
        desk.post(held_of(campaign), {"keys": keys, "act": act, "reason": WHY})
        assert desk.post(held_of(elsewhere), {"keys": keys, "act": act, "reason": WHY}).status_code == 404
    assert states() == [State.HELD]


def test_counted_signatures_are_not_struck_from_here(open_one: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA])
    row = Signature.objects.get()
    desk.post(held_of(open_one), {"keys": [f"{bytes(row.tag).hex()}-{row.seat}"], "act": "strike-sure", "reason": WHY})
    assert states() == [State.COUNTED]


@pytest.mark.parametrize(
    "form, status",
    [
        ({"act": "release"}, 422),
        ({"act": "release", "keys": ["zz-0"]}, 422),
        ({"act": "release", "keys": ["00-7"]}, 422),
        ({"act": "burn", "keys": ["00-0"]}, 422),
        ({}, 422),
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing(
    open_one: Campaign, desk: Client, form: dict[str, object], status: int
) -> None:
    hold_some(open_one, 1)
    assert desk.post(held_of(open_one), form).status_code == status
    assert states() == [State.HELD]


def test_a_long_list_is_read_page_by_page(open_one: Campaign, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "PAGE", 2)
    keys = hold_some(open_one, 5)
    seen, after = [], ""
    for _ in range(3):
        page = desk.get(held_of(open_one), {"after": after}).context
        seen += [line.key for line, *_ in page["rows"]]
        after = page["next"]
    assert (seen, after) == (keys, "")


@pytest.mark.parametrize("after", ["nonsense", "zz-0", "00", "00-9", "' OR 1=1 --"])
def test_a_page_that_begins_nowhere_begins_at_the_beginning(open_one: Campaign, desk: Client, after: str) -> None:
    keys = hold_some(open_one, 1)
    assert [line.key for line, *_ in desk.get(held_of(open_one), {"after": after}).context["rows"]] == keys


def test_one_reason_can_be_looked_at_alone(open_one: Campaign, desk: Client) -> None:
    hold_some(open_one, 2)
    keys = hold_some(open_one, 1, Hold.DISPOSABLE_DOMAIN)
    page = desk.get(held_of(open_one), {"hold": "disposable_domain"})
    assert [line.key for line, *_ in page.context["rows"]] == keys


def test_all_can_be_ticked_without_a_script(open_one: Campaign, desk: Client) -> None:
    hold_some(open_one, 3)
    page = desk.get(held_of(open_one) + "?all").content.decode()
    assert page.count(" checked>") == 3


def test_the_list_costs_the_same_whatever_its_length(open_one: Campaign, desk: Client) -> None:
    costs = []
    for hold in (Hold.NETWORK_RATE, Hold.DISPOSABLE_DOMAIN, Hold.DOMAIN_RATE):
        hold_some(open_one, 2, hold)
        with CaptureQueriesContext(connection) as asked:
            desk.get(held_of(open_one))
        costs.append(len(asked))
    assert len(set(costs)) == 1
