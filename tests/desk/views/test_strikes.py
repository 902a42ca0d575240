"""Strikes at the desk: asked why, told what cannot be undone, and many only with a second person."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.cast import MAYA
from tests.factories import signing
from tocsin.campaigns.models import Campaign, User
from tocsin.desk.views import held as held_view
from tocsin.signing import domain
from tocsin.signing.models import Signature, Strike, StrikeProposal, Tombstone
from tocsin.signing.states import Hold

WHY = "Sent by one robot from one network."


@pytest.fixture
def keys(open_one: Campaign, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the keys of three held signatures, on a server where one person may strike two."""
    monkeypatch.setattr(held_view, "ALONE", 2)
    for one in range(3):
        person = replace(MAYA, address=f"maya{one}@example.org", name=f"Maya the {one}th")
        signing.confirm(signing.sign(open_one, person, hold=Hold.NETWORK_RATE).token)
    return [f"{bytes(tag).hex()}-{seat}" for tag, seat in Signature.objects.values_list("tag", "seat")]


def post(client: Client, campaign: Campaign, **form: object) -> str:
    answer = client.post(reverse("desk:held", args=[campaign.slug]), form, follow=True)
    return str(answer.content.decode())


def propose(client: Client, campaign: Campaign, keys: list[str]) -> str:
    """Propose to strike; return the proposal's page."""
    post(client, campaign, keys=keys, act="strike-sure", reason=WHY)
    return reverse("desk:proposal", args=[campaign.slug, StrikeProposal.objects.get().pk])


def test_the_page_before_says_what_cannot_be_undone_and_who_reads_the_reason(
    open_one: Campaign, desk: Client, keys: list[str]
) -> None:
    page = post(desk, open_one, keys=keys[:2], act="strike")
    assert ("This cannot be undone" in page, "Everybody can read it" in page) == (True, True)
    assert "need two people" not in page
    assert "need two people" in post(desk, open_one, keys=keys, act="strike")


def test_without_a_reason_nothing_is_struck(open_one: Campaign, desk: Client, keys: list[str]) -> None:
    for reason in ("", "  ", "x" * 501):
        form = {"keys": keys[:1], "act": "strike-sure", "reason": reason}
        answer = desk.post(reverse("desk:held", args=[open_one.slug]), form)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["reason"])
    assert (Signature.objects.count(), Strike.objects.count()) == (3, 0)


def test_a_few_are_struck_at_once_with_their_reason(
    open_one: Campaign, noor: User, desk: Client, keys: list[str]
) -> None:
    post(desk, open_one, keys=keys[:2], act="strike-sure", reason=WHY)
    assert Signature.objects.count() == 1
    record = Strike.objects.get()
    assert (record.number, record.counted, record.reason, record.asked_by) == (2, 0, WHY, noor)
    assert set(Tombstone.objects.values_list("strike", flat=True)) == {record.pk}
    assert WHY in desk.get(reverse("desk:strikes", args=[open_one.slug])).content.decode()


def test_many_wait_for_a_second_person(open_one: Campaign, desk: Client, edith_desk: Client, keys: list[str]) -> None:
    page = propose(desk, open_one, keys)
    assert Signature.objects.count() == 3
    assert "Agree and strike" not in desk.get(page).content.decode()
    assert "Agree and strike" in edith_desk.get(page).content.decode()
    assert Signature.objects.count() == 3
    edith_desk.post(page, {"act": "agree"})
    assert (Signature.objects.count(), Strike.objects.get().number) == (0, 3)


def test_the_proposer_cannot_press_for_the_second_person(open_one: Campaign, desk: Client, keys: list[str]) -> None:
    said = desk.post(propose(desk, open_one, keys), {"act": "agree"}, follow=True).content.decode()
    assert "a second person of the team has to agree" in said
    assert (Signature.objects.count(), StrikeProposal.objects.count()) == (3, 1)


def test_quinns_second_account_is_no_second_person(
    open_one: Campaign, quinn: User, sam: User, desk: Client, keys: list[str]
) -> None:
    page = propose(desk, open_one, keys)
    quinns, sams = Client(), Client()
    quinns.force_login(quinn)
    sams.force_login(sam)
    assert (quinns.get(page).status_code, quinns.post(page, {"act": "agree"}).status_code) == (404, 404)
    assert "team" in sams.post(page, {"act": "agree"}, follow=True).content.decode()
    assert (Signature.objects.count(), Strike.objects.count()) == (3, 0)


def test_what_changed_since_is_told_before_and_after(
    open_one: Campaign, desk: Client, edith_desk: Client, keys: list[str]
) -> None:
    page = propose(desk, open_one, keys)
    first = Signature.objects.order_by("tag")[0]
    domain.release(campaign=open_one, keys=[(bytes(first.tag), first.seat)], now=timezone.now())
    assert "1 has changed since" in edith_desk.get(page).content.decode()
    said = edith_desk.post(page, {"act": "agree"}, follow=True).content.decode()
    assert ("2 signatures were struck" in said, "1 has changed since" in said) == (True, True)
    assert Signature.objects.count() == 1


def test_when_nothing_is_left_of_a_proposal_it_can_only_be_closed(
    open_one: Campaign, desk: Client, edith_desk: Client, keys: list[str]
) -> None:
    page = propose(desk, open_one, keys)
    seats = [(bytes(tag), seat) for tag, seat in Signature.objects.values_list("tag", "seat")]
    domain.release(campaign=open_one, keys=seats, now=timezone.now())
    shown = edith_desk.get(page).content.decode()
    assert ("Nothing is left to strike" in shown, "Agree and strike" in shown) == (True, False)
    # Who had the page open from before, and presses, strikes nobody and leaves no public reason for nothing.
    said = edith_desk.post(page, {"act": "agree"}, follow=True).content.decode()
    assert ("Nothing was left to strike" in said, "0 signatures were struck" in said) == (True, False)
    assert (Strike.objects.count(), StrikeProposal.objects.count(), Signature.objects.count()) == (0, 0, 3)


def test_a_proposal_of_which_nothing_is_left_is_closed(
    open_one: Campaign, desk: Client, edith_desk: Client, keys: list[str]
) -> None:
    page = propose(desk, open_one, keys)
    Signature.objects.all().delete()
    said = edith_desk.post(page, {"act": "drop"}, follow=True).content.decode()
    assert ("The proposal is dropped" in said, StrikeProposal.objects.count()) == (True, 0)


def test_a_proposal_is_dropped_by_anybody_of_the_team(
    open_one: Campaign, desk: Client, edith_desk: Client, keys: list[str]
) -> None:
    page = propose(desk, open_one, keys)
    edith_desk.post(page, {"act": "drop"})
    assert (Signature.objects.count(), StrikeProposal.objects.count()) == (3, 0)
    assert "no longer there" in edith_desk.get(page, follow=True).content.decode()
    assert "no longer there" in edith_desk.post(page, {"act": "agree"}, follow=True).content.decode()


def test_a_proposal_is_seen_as_work_by_the_team_and_by_no_other(
    open_one: Campaign, campaign: Campaign, desk: Client, keys: list[str]
) -> None:
    page = propose(desk, open_one, keys)
    number = page.rstrip("/").rpartition("/")[2]
    way = next(way for group in desk.get(page).context["ways"] for way in group.ways if way.name == "strikes")
    assert way.waiting == 1
    elsewhere = desk.get(reverse("desk:proposal", args=[campaign.slug, number]), follow=True).content.decode()
    assert ("no longer there" in elsewhere, WHY in elsewhere) == (True, False)
    assert desk.post(page, {"act": "burn"}).status_code == 422


def test_the_list_costs_the_same_whatever_its_length(open_one: Campaign, noor: User, desk: Client) -> None:
    costs = []
    for _ in range(3):
        Strike.objects.create(
            campaign=open_one, reason=WHY, language="en", struck_on=timezone.now().date(), number=1, asked_by=noor
        )
        with CaptureQueriesContext(connection) as asked:
            desk.get(reverse("desk:strikes", args=[open_one.slug]))
        costs.append(len(asked))
    assert len(set(costs)) == 1
