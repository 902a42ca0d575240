"""One date of a rally at the desk: cancelled, postponed, moved, and standing again."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import rallies as factory
from tocsin.campaigns.models import Campaign
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.states import DateState


@pytest.fixture
def rally(campaign: Campaign) -> Rally:
    """Return a rally of three weeks, with all its dates to come."""
    now = datetime.now(UTC)
    first = (now + timedelta(days=5)).date()
    return factory.rally(campaign=campaign, first_on=first, repeat="FREQ=WEEKLY;COUNT=3", now=now)


def first_of(rally: Rally) -> Occurrence:
    return rally.occurrences.order_by("starts_at")[0]


def press(desk: Client, rally: Rally, act: str, **form: Any) -> Any:
    number = first_of(rally).pk
    address = reverse("desk:rally-date", args=[rally.campaign.slug, rally.pk, number])
    return desk.post(address, {"act": act, **form}, follow=True)


def states(rally: Rally) -> list[DateState]:
    return [DateState(state) for state in rally.occurrences.order_by("pk").values_list("state", flat=True)]


def test_a_date_is_postponed_cancelled_and_stands_again(rally: Rally, desk: Client) -> None:
    stands = DateState.STANDS
    for act, state in (("postpone", DateState.POSTPONED), ("cancel", DateState.CANCELLED), ("reopen", stands)):
        page = press(desk, rally, act, note="A storm.").content.decode()
        assert ("Done. Those who come are told." in page, states(rally)) == (True, [state, stands, stands])
    assert first_of(rally).note == "A storm."


def test_a_postponed_date_gets_its_new_day_though_its_old_one_is_over(rally: Rally, desk: Client) -> None:
    press(desk, rally, "postpone")
    date, before = first_of(rally), timedelta(days=8)
    date.held_on, date.starts_at, date.ends_at = date.held_on - before, date.starts_at - before, date.ends_at - before
    date.save()
    page = desk.get(reverse("desk:rally-date", args=[rally.campaign.slug, rally.pk, date.pk])).content.decode()
    assert ("Move this date" in page, "It is held after all" in page) == (True, False)


def test_what_is_cancelled_already_is_said_to_be(rally: Rally, desk: Client) -> None:
    press(desk, rally, "cancel")
    assert "Nothing was changed" in press(desk, rally, "cancel").content.decode()


def test_every_date_to_come_is_cancelled_at_once(rally: Rally, desk: Client) -> None:
    assert "3 dates are cancelled." in press(desk, rally, "cancel-all").content.decode()
    assert set(states(rally)) == {DateState.CANCELLED}


def test_a_date_is_moved_and_does_not_wait_for_the_team(rally: Rally, desk: Client) -> None:
    day = first_of(rally).held_on + timedelta(days=1)
    moved = {"move-held_on": day.isoformat(), "move-wall_time": "15:00", "move-minutes": "60"}
    assert "Done." in press(desk, rally, "move", **moved).content.decode()
    date = first_of(rally)
    rally.refresh_from_db()
    assert (date.held_on, date.wall_time, rally.has_big_change) == (day, time(15), False)


@pytest.mark.parametrize("wrong", [{"move-held_on": "2020-01-01"}, {"move-minutes": "0"}, {"move-wall_time": ""}])
def test_what_is_wrong_is_said_beside_its_field(rally: Rally, desk: Client, wrong: dict[str, str]) -> None:
    day = first_of(rally).held_on.isoformat()
    moved = {"move-held_on": day, "move-wall_time": "15:00", "move-minutes": "60"} | wrong
    answer = press(desk, rally, "move", **moved)
    [name] = wrong
    assert (answer.status_code, list(answer.context["move"].errors)) == (422, [name.removeprefix("move-")])


def test_another_rallys_date_is_not_found(campaign: Campaign, rally: Rally, desk: Client) -> None:
    other, theirs = factory.rally(campaign=campaign), factory.rally()
    for whose in (other, theirs):
        address = reverse("desk:rally-date", args=[campaign.slug, rally.pk, first_of(whose).pk])
        assert desk.post(address, {"act": "cancel"}).status_code == 404
    assert set(Occurrence.objects.values_list("state", flat=True)) == {DateState.STANDS}


def test_a_date_that_is_over_has_no_buttons(campaign: Campaign, desk: Client) -> None:
    past = factory.rally(campaign=campaign)
    address = reverse("desk:rally-date", args=[campaign.slug, past.pk, first_of(past).pk])
    assert "nothing about it changes any more" in desk.get(address).content.decode()
    assert "Nothing was changed" in press(desk, past, "cancel").content.decode()
