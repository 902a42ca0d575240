"""Reasons are shown after a yes; lines are hidden on report; nothing is edited, and all signatures count."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import MAYA, OTTO, RUI
from tests.factories import signing
from tocsin.campaigns.models import Campaign
from tocsin.kit import keyfiles
from tocsin.signing.domain import report_line
from tocsin.signing.models import Listing
from tocsin.signing.queries import cursor_of, public_list
from tocsin.signing.states import ReasonState
from tocsin.tally.queries import count_of
from tocsin.vault.keyring import display_path

WHY = "To wake up <b>elsewhere</b>."


@pytest.fixture
def listed(open_one: Campaign) -> Campaign:
    signing.counted(open_one, [MAYA, OTTO, RUI], shows_name=True, reason=WHY)
    return open_one


def line_of(name: str) -> Listing:
    return Listing.objects.get(name=name)


def decide(desk: Client, campaign: Campaign, page: str, **choices: str) -> None:
    lines = {name: f"line.{cursor_of(line_of(name))}" for name in choices}
    desk.post(reverse(f"desk:{page}", args=[campaign.slug]), {lines[name]: choice for name, choice in choices.items()})


def test_reasons_are_read_before_anybody_else_does(listed: Campaign, desk: Client) -> None:
    page = desk.get(reverse("desk:reasons", args=[listed.slug])).content.decode()
    assert page.count("To wake up &lt;b&gt;elsewhere&lt;/b&gt;.") == 3
    assert {line.reason for line in public_list(listed.pk)} == {""}


def test_each_reason_gets_its_own_decision(listed: Campaign, desk: Client) -> None:
    decide(desk, listed, "reasons", **{MAYA.name: "show", OTTO.name: "refuse", RUI.name: "later"})
    assert {line.name: (line.reason, line.reason_state) for line in Listing.objects.all()} == {
        MAYA.name: (WHY, ReasonState.SHOWN),
        OTTO.name: ("", ReasonState.REFUSED),
        RUI.name: ("", ReasonState.WAITING),
    }
    assert count_of(listed.pk).number == 3


def test_without_the_display_key_the_page_says_so(listed: Campaign, desk: Client) -> None:
    keyfiles.destroy(display_path(listed.pk))
    page = desk.get(reverse("desk:reasons", args=[listed.slug]))
    assert page.status_code == 200
    assert "does not hold the campaign's display key" in page.content.decode()


def test_a_reported_line_is_hidden_or_kept_and_can_come_back(listed: Campaign, desk: Client) -> None:
    for name in (MAYA.name, OTTO.name):
        report_line(campaign=listed, line=cursor_of(line_of(name)))
    path = reverse("desk:reported", args=[listed.slug])
    assert {line.name for _, line, _reason in desk.get(path).context["rows"]} == {MAYA.name, OTTO.name}
    decide(desk, listed, "reported", **{MAYA.name: "hide", OTTO.name: "keep"})
    after = desk.get(path).context
    assert ([line.name for _, line, _reason in after["rows"]], [line.name for _, line in after["hidden"]]) == (
        [],
        [MAYA.name],
    )
    assert {line.name for line in public_list(listed.pk)} == {OTTO.name, RUI.name}
    decide(desk, listed, "reported", **{MAYA.name: "show"})
    assert {line.name for line in public_list(listed.pk)} == {MAYA.name, OTTO.name, RUI.name}
    assert count_of(listed.pk).number == 3


def test_another_campaigns_lines_are_out_of_reach(listed: Campaign, campaign: Campaign, desk: Client) -> None:
    decide(desk, campaign, "reported", **{MAYA.name: "hide"})
    decide(desk, campaign, "reasons", **{MAYA.name: "show"})
    line = line_of(MAYA.name)
    assert (line.is_hidden, line.reason_state) == (False, ReasonState.WAITING)


@pytest.mark.parametrize("name", ["line.", "line.2026-04-02", "line.2026-04-02.zz", "other", "line.0000-00-00.1"])
def test_a_line_that_is_none_is_passed_over(listed: Campaign, desk: Client, name: str) -> None:
    assert desk.post(reverse("desk:reported", args=[listed.slug]), {name: "hide"}).status_code == 303
    assert Listing.objects.filter(is_hidden=True).count() == 0


def test_a_choice_of_another_page_is_passed_over(listed: Campaign, desk: Client) -> None:
    decide(desk, listed, "reasons", **{MAYA.name: "hide"})
    assert not line_of(MAYA.name).is_hidden


def test_the_overview_says_what_waits(listed: Campaign, desk: Client) -> None:
    report_line(campaign=listed, line=cursor_of(line_of(RUI.name)))
    groups = desk.get(reverse("desk:campaign", args=[listed.slug])).context["ways"]
    assert {way.name: way.waiting for group in groups for way in group.ways if way.waiting} == {
        "reasons": 3,
        "reported": 1,
    }
