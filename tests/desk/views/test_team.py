"""The team: owners invite by mail, change parts, and take people off."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.desk.mails import account_mails, link_to
from tocsin.campaigns.models import Campaign, Invitation, Member, User
from tocsin.campaigns.states import Role


def team_of(campaign: Campaign) -> str:
    return reverse("desk:team", args=[campaign.slug])


def roles(campaign: Campaign) -> dict[str, str]:
    rows = Member.objects.filter(campaign=campaign).values_list("user__email", "role")
    return dict(rows)


def number_of(user: User, campaign: Campaign) -> int:
    return Member.objects.get(user=user, campaign=campaign).pk


def test_an_owner_invites_by_address_and_nobody_is_on_the_team_by_that(campaign: Campaign, desk: Client) -> None:
    answer = desk.post(team_of(campaign), {"email": "anna@example.org", "role": "editor"})
    assert answer["Location"] == team_of(campaign)
    assert roles(campaign) == {"noor@example.org": "owner"}
    page = desk.get(team_of(campaign)).content.decode()
    assert "anna@example.org" in page
    assert [mail["to"] for mail in account_mails()] == ["anna@example.org"]


def test_the_answer_is_the_same_whoever_is_invited(campaign: Campaign, quinn: User, desk: Client) -> None:
    factories.UserFactory.create(email="off@example.org", is_active=False)
    pages = set()
    for email in ("nobody@example.org", quinn.email, "off@example.org"):
        answer = desk.post(team_of(campaign), {"email": email, "role": "editor"}, follow=True)
        invited = answer.context["invited"].values_list("email", flat=True)
        assert email in invited
        pages.add((answer.status_code, str(next(iter(answer.context["messages"]))).replace(email, "X")))
        Invitation.objects.all().delete()
    assert len(pages) == 1
    texts = {mail["text"].replace(link_to(mail), "LINK") for mail in account_mails()}
    assert len(texts) == 1


@pytest.mark.parametrize(
    "typed, field",
    [
        ({"email": "no address", "role": "editor"}, "email"),
        ({"email": "", "role": "editor"}, "email"),
        ({"email": "anna@example.org", "role": "king"}, "role"),
        ({"email": "EDITH@example.org", "role": "owner"}, "email"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    campaign: Campaign, edith: User, desk: Client, typed: dict[str, str], field: str
) -> None:
    answer = desk.post(team_of(campaign), typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert (Invitation.objects.count(), len(account_mails())) == (0, 0)


def test_an_invitation_is_sent_again_but_not_at_once(campaign: Campaign, desk: Client) -> None:
    desk.post(team_of(campaign), {"email": "anna@example.org", "role": "editor"})
    path = reverse("desk:invited", args=[campaign.slug, Invitation.objects.get().pk])
    desk.post(path, {"act": "again"})
    assert len(account_mails()) == 1
    Invitation.objects.update(sent_at=Invitation.objects.get().sent_at - timedelta(minutes=11))
    desk.post(path, {"act": "again"})
    assert [mail["to"] for mail in account_mails()] == ["anna@example.org"] * 2


def test_an_invitation_is_taken_back(campaign: Campaign, desk: Client) -> None:
    desk.post(team_of(campaign), {"email": "anna@example.org", "role": "editor"})
    link = link_to(account_mails()[0])
    desk.post(reverse("desk:invited", args=[campaign.slug, Invitation.objects.get().pk]), {"act": "revoke"})
    assert Client().get(link).status_code == 404


def test_the_other_part_is_given_with_one_press(campaign: Campaign, edith: User, desk: Client) -> None:
    path = reverse("desk:part", args=[campaign.slug, number_of(edith, campaign)])
    for role in (Role.OWNER, Role.EDITOR):
        desk.post(path, {"role": role})
        assert roles(campaign)[edith.email] == role
    desk.post(path, {"role": "king"})
    assert roles(campaign)[edith.email] == Role.EDITOR


def test_somebody_taken_off_can_be_put_back_with_one_press_and_once(
    campaign: Campaign, edith: User, desk: Client
) -> None:
    back = reverse("desk:back", args=[campaign.slug])
    desk.post(reverse("desk:leave", args=[campaign.slug, number_of(edith, campaign)]))
    assert roles(campaign) == {"noor@example.org": "owner"}
    assert desk.get(team_of(campaign)).context["left"] == edith.email
    desk.post(back)
    assert roles(campaign)["edith@example.org"] == Role.EDITOR
    Member.objects.get(user=edith).delete()
    desk.post(back)
    assert roles(campaign) == {"noor@example.org": "owner"}


def test_taking_somebody_off_takes_their_invitations_back(campaign: Campaign, edith: User, desk: Client) -> None:
    Member.objects.filter(user=edith).update(role=Role.OWNER)
    client = Client()
    client.force_login(edith)
    client.post(team_of(campaign), {"email": "anna@example.org", "role": "owner"})
    desk.post(reverse("desk:leave", args=[campaign.slug, number_of(edith, campaign)]))
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize("way", ["leave", "part"])
def test_the_last_owner_stays(campaign: Campaign, noor: User, desk: Client, way: str) -> None:
    desk.post(reverse(f"desk:{way}", args=[campaign.slug, number_of(noor, campaign)]), {"role": "editor"})
    assert roles(campaign) == {"noor@example.org": "owner"}


def test_members_and_invited_of_another_team_are_out_of_reach(campaign: Campaign, quinn: User, desk: Client) -> None:
    other = Member.objects.get(user=quinn)
    theirs = Client()
    theirs.force_login(quinn)
    theirs.post(team_of(other.campaign), {"email": "anna@example.org", "role": "editor"})
    invited = Invitation.objects.get()
    for way, number in (("leave", other.pk), ("part", other.pk), ("invited", invited.pk)):
        form = {"role": "editor", "act": "revoke"}
        assert desk.post(reverse(f"desk:{way}", args=[campaign.slug, number]), form).status_code == 404
    assert (Member.objects.filter(user=quinn).exists(), Invitation.objects.count()) == (True, 1)
