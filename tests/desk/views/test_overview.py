"""The overview: the number, and what stops it."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import MAYA
from tests.factories import signing
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.states import State
from tocsin.signing.opened.acts import note
from tocsin.signing.opened.models import Act
from tocsin.tally.domain import refuse_to_sign, sign_again
from tocsin.tally.refusals import LogRefusal


def test_it_says_that_nothing_is_counted_while_the_log_must_not_be_signed(open_one: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA])
    overview = reverse("desk:campaign", args=[open_one.slug])
    stands_still = "Nothing is being counted at present"

    assert stands_still not in desk.get(overview).content.decode()
    assert refuse_to_sign(LogRefusal.TILE_DIFFERS)
    page = desk.get(overview).content.decode()
    assert (stands_still in page, "<code>tile-differs</code>" in page) == (True, True)
    assert sign_again()
    assert stands_still not in desk.get(overview).content.decode()


def test_a_draft_is_led_from_step_to_step(campaign: Campaign, desk: Client) -> None:
    campaign.contact = ""
    campaign.save()
    settings = f'<a href="{reverse("desk:settings", args=[campaign.slug])}">Say who answers</a>'

    assert settings in desk.get(reverse("desk:team", args=[campaign.slug])).content.decode()
    assert settings not in desk.get(reverse("desk:settings", args=[campaign.slug])).content.decode()


def test_an_open_campaign_has_no_next_step(open_one: Campaign, desk: Client) -> None:
    assert "desk-next" not in desk.get(reverse("desk:team", args=[open_one.slug])).content.decode()


@pytest.mark.parametrize("change", [{"state": State.CLOSED}, {"closes_at": datetime(2026, 5, 1, tzinfo=UTC)}])
def test_a_campaign_that_is_over_has_no_next_goal(open_one: Campaign, desk: Client, change: dict[str, object]) -> None:
    overview = reverse("desk:campaign", args=[open_one.slug])
    assert "The next goal is" in desk.get(overview).content.decode()
    Campaign.objects.filter(pk=open_one.pk).update(**change)
    page = desk.get(overview).content.decode()
    assert ("The next goal is" in page, "The numbers page" in page) == (False, True)


def test_times_are_those_of_the_campaigns_own_clock(open_one: Campaign, noor: User, desk: Client) -> None:
    open_one.timezone = "Asia/Tokyo"
    open_one.save()
    note(campaign=open_one, user=noor, act=Act.LOCKED, now=datetime(2026, 5, 1, 18, 30, tzinfo=UTC))

    page = desk.get(reverse("desk:vault", args=[open_one.slug])).content.decode()
    assert "May 2, 2026, 3:30 a.m." in page


@pytest.mark.parametrize("page", ["campaign", "settings", "export-file"])
def test_a_clock_that_this_machine_does_not_know_is_utc_and_no_failure(
    open_one: Campaign, desk: Client, page: str
) -> None:
    open_one.timezone, open_one.closes_at = "Nowhere/At_All", datetime(2026, 7, 1, tzinfo=UTC)
    open_one.save()

    assert desk.get(reverse(f"desk:{page}", args=[open_one.slug])).status_code == 200
