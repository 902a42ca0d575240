"""The team: owners add people who have an account, and take them off."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tocsin.campaigns.models import Campaign, Member, User
from tocsin.campaigns.states import Role


def team_of(campaign: Campaign) -> str:
    return reverse("desk:team", args=[campaign.slug])


def roles(campaign: Campaign) -> dict[str, str]:
    rows = Member.objects.filter(campaign=campaign).values_list("user__email", "role")
    return dict(rows)


def test_an_owner_adds_an_account_by_its_address(campaign: Campaign, desk: Client) -> None:
    factories.UserFactory.create(email="Anna@example.org")
    answer = desk.post(team_of(campaign), {"email": "anna@example.org", "role": "editor"})
    assert answer["Location"] == team_of(campaign)
    assert roles(campaign) == {"noor@example.org": "owner", "Anna@example.org": "editor"}


def test_adding_somebody_again_gives_them_the_other_part(campaign: Campaign, edith: User, desk: Client) -> None:
    desk.post(team_of(campaign), {"email": edith.email, "role": "owner"})
    assert roles(campaign)[edith.email] == Role.OWNER


@pytest.mark.parametrize(
    "typed, field",
    [
        ({"email": "nobody@example.org", "role": "editor"}, "email"),
        ({"email": "no address", "role": "editor"}, "email"),
        ({"email": "", "role": "editor"}, "email"),
        ({"email": "edith@example.org", "role": "king"}, "role"),
        ({"email": "noor@example.org", "role": "editor"}, "role"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    campaign: Campaign, edith: User, desk: Client, typed: dict[str, str], field: str
) -> None:
    answer = desk.post(team_of(campaign), typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert roles(campaign) == {"noor@example.org": "owner", "edith@example.org": "editor"}


def test_an_account_that_is_switched_off_is_not_added(campaign: Campaign, desk: Client) -> None:
    factories.UserFactory.create(email="gone@example.org", is_active=False)
    assert desk.post(team_of(campaign), {"email": "gone@example.org", "role": "editor"}).status_code == 422


def test_somebody_taken_off_can_be_put_back_with_one_press(campaign: Campaign, edith: User, desk: Client) -> None:
    number = Member.objects.get(user=edith).pk
    desk.post(reverse("desk:leave", args=[campaign.slug, number]))
    assert roles(campaign) == {"noor@example.org": "owner"}
    form = desk.get(team_of(campaign)).context["form"]
    desk.post(team_of(campaign), {"email": form["email"].value(), "role": form["role"].value()})
    assert roles(campaign)["edith@example.org"] == Role.EDITOR


def test_the_last_owner_stays(campaign: Campaign, noor: User, desk: Client) -> None:
    desk.post(reverse("desk:leave", args=[campaign.slug, Member.objects.get(user=noor).pk]))
    assert roles(campaign) == {"noor@example.org": "owner"}


def test_members_of_another_team_are_out_of_reach(campaign: Campaign, quinn: User, desk: Client) -> None:
    number = Member.objects.get(user=quinn).pk
    assert desk.post(reverse("desk:leave", args=[campaign.slug, number])).status_code == 404
    assert Member.objects.filter(user=quinn).exists()
