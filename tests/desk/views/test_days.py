"""Days of action at the desk: Noor puts one down, moves it, and takes it away."""

from datetime import date, time

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import rallies as factory
from tocsin.campaigns.models import Campaign
from tocsin.rallies.domain import days_moving
from tocsin.rallies.models import DayOfAction, Rally

FORM = {"title.en": "Night of the trains", "held_on": "2027-06-06", "wall_time": "17:00"}


@pytest.fixture
def day(campaign: Campaign, desk: Client) -> DayOfAction:
    """Return the day that Noor has put down."""
    desk.post(reverse("desk:day-new", args=[campaign.slug]), FORM)
    return DayOfAction.objects.get()


def at(day: DayOfAction, campaign: Campaign) -> str:
    return reverse("desk:day", args=[campaign.slug, day.pk])


def test_a_day_is_put_down_and_listed(campaign: Campaign, day: DayOfAction, desk: Client) -> None:
    assert (day.key, day.held_on, day.wall_time) == ("night-of-the-trains", date(2027, 6, 6), time(17))
    page = desk.get(reverse("desk:days", args=[campaign.slug])).content.decode()
    assert ("Night of the trains" in page, "local everywhere" in page, "0 rallies" in page) == (True, True, True)


def test_its_rallies_move_with_it(campaign: Campaign, day: DayOfAction, desk: Client) -> None:
    factory.rally(campaign=campaign, first_on=day.held_on, wall_time=day.wall_time, day_of_action=day.pk)
    page = desk.post(at(day, campaign), FORM | {"held_on": "2027-06-13"}, follow=True).content.decode()
    assert ("1 rally moved with it" in page, Rally.objects.get().first_on) == (True, date(2027, 6, 13))


def test_a_year_mistyped_is_said_beside_the_date_and_nothing_moves(
    campaign: Campaign, day: DayOfAction, desk: Client
) -> None:
    answer = desk.post(at(day, campaign), FORM | {"held_on": "2017-06-06"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["held_on"])
    assert "This date has passed" in answer.content.decode()
    day.refresh_from_db()
    assert day.held_on == date(2027, 6, 6)


def test_the_page_says_how_far_its_rallies_are(
    campaign: Campaign, day: DayOfAction, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days_moving, "RALLIES", 1)
    for _ in range(2):
        factory.rally(campaign=campaign, first_on=day.held_on, wall_time=day.wall_time, day_of_action=day.pk)
    answer = desk.post(at(day, campaign), FORM | {"held_on": "2027-06-13"}, follow=True)
    page = " ".join(answer.content.decode().split())
    assert ("1 rally has moved" in page, "It goes on." in page, "data-again>" in page) == (True, True, True)
    assert "its rallies are moving" in desk.get(reverse("desk:days", args=[campaign.slug])).content.decode()
    assert "The day stays for now" in desk.post(at(day, campaign), {"act": "remove"}, follow=True).content.decode()
    days_moving.work(now=timezone.now)
    page = desk.get(at(day, campaign)).content.decode()
    assert ("2 rallies have moved" in page, "That is all of them." in page) == (True, True)


def test_it_can_be_taken_away(campaign: Campaign, day: DayOfAction, desk: Client) -> None:
    desk.post(at(day, campaign), {"act": "remove"})
    assert DayOfAction.objects.count() == 0


@pytest.mark.parametrize("name", ["title.en", "held_on"])
def test_what_is_missing_is_said_beside_its_field(campaign: Campaign, desk: Client, name: str) -> None:
    answer = desk.post(reverse("desk:day-new", args=[campaign.slug]), FORM | {name: ""})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [name])


def test_another_campaigns_day_is_not_found(campaign: Campaign, desk: Client) -> None:
    theirs = DayOfAction.objects.create(
        campaign=factory.rally().campaign, key="x", title={"en": "x"}, held_on=date(2027, 1, 1)
    )
    assert desk.get(at(theirs, campaign)).status_code == 404
    assert desk.post(at(theirs, campaign), FORM).status_code == 404
    assert desk.post(at(theirs, campaign), {"act": "remove"}).status_code == 303
    assert DayOfAction.objects.count() == 1
