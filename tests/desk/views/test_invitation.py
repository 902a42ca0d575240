"""The page behind an invitation's link: with an account or without, once, for a week, for one address."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.campaigns.domain.test_at_once import at_once
from tests.desk.mails import account_mails, link_to
from tests.factories.campaigns import PASSWORD
from tocsin.campaigns import domain
from tocsin.campaigns.models import Campaign, Invitation, Member, User
from tocsin.campaigns.refusals import Refusal
from tocsin.campaigns.states import Role
from tocsin.outbox.models import Letter
from tocsin.seal.tokens import from_text, new_token, to_text

SignedIn = Callable[[User], Client]
NEW = {"password": PASSWORD, "password_again": PASSWORD}


@pytest.fixture
def link(campaign: Campaign, desk: Client) -> str:
    cache.clear()
    desk.post(reverse("desk:team", args=[campaign.slug]), {"email": "Anna@example.org", "role": "editor"})
    return link_to(account_mails()[0])


def role_of(email: str, campaign: Campaign) -> str | None:
    return Member.objects.filter(campaign=campaign, user__email__iexact=email).values_list("role", flat=True).first()


def token_of(link: str) -> bytes:
    token = from_text(link.rstrip("/").rpartition("/")[2])
    assert token is not None
    return token


def test_without_an_account_one_is_made_there_and_works(campaign: Campaign, link: str) -> None:
    anna = Client()
    answer = anna.post(link, NEW)
    assert answer["Location"] == reverse("desk:campaign", args=[campaign.slug])
    assert anna.get(answer["Location"]).status_code == 200
    assert role_of("anna@example.org", campaign) == Role.EDITOR
    signed_in = Client().post("/desk/account/login/", {"login": "anna@example.org", "password": PASSWORD})
    assert signed_in.status_code == 302


@pytest.mark.parametrize(
    "typed, field",
    [
        ({"password": "short", "password_again": "short"}, "password"),
        ({"password": "password1234", "password_again": "password1234"}, "password"),
        ({"password": PASSWORD, "password_again": PASSWORD + "!"}, "password_again"),
        ({}, "password"),
    ],
)
def test_a_password_that_anybody_guesses_makes_no_account(
    campaign: Campaign, link: str, typed: dict[str, str], field: str
) -> None:
    answer = Client().post(link, typed)
    assert (answer.status_code, field in answer.context["form"].errors) == (422, True)
    assert PASSWORD not in answer.content.decode()
    assert not User.objects.filter(email__iexact="anna@example.org").exists()


def test_with_an_account_one_signs_in_and_presses_a_button(campaign: Campaign, link: str, signed_in: SignedIn) -> None:
    anna: User = factories.UserFactory.create(email="anna@example.org")
    page = Client().get(link).content.decode()
    assert f"/desk/account/login/?next={link}" in page
    assert 'name="password"' not in page
    assert Client().post(link, NEW).status_code == 200
    assert User.objects.filter(email__iexact="anna@example.org").count() == 1
    client = signed_in(anna)
    client.get(link)
    assert role_of(anna.email, campaign) is None
    client.post(link)
    assert role_of(anna.email, campaign) == Role.EDITOR


def test_a_second_factor_is_asked_for_as_ever(campaign: Campaign, link: str) -> None:
    anna: User = factories.UserFactory.create(email="anna@example.org")
    Authenticator.objects.create(user=anna, type=Authenticator.Type.TOTP, data={"secret": ""})
    client = Client()
    asked = client.post(f"/desk/account/login/?next={link}", {"login": anna.email, "password": PASSWORD, "next": link})
    assert asked["Location"].startswith(reverse("mfa_authenticate"))
    client.post(link)
    assert role_of(anna.email, campaign) is None


def test_opening_the_link_changes_nothing(campaign: Campaign, link: str) -> None:
    for _ in range(3):
        page = Client().get(link)
        Client().head(link)
        assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    assert Invitation.objects.count() == 1
    assert User.objects.filter(email__iexact="anna@example.org").count() == 0


def test_the_link_works_once(campaign: Campaign, link: str, signed_in: SignedIn) -> None:
    Client().post(link, NEW)
    Member.objects.filter(user__email__iexact="anna@example.org").delete()
    anna = signed_in(User.objects.get(email__iexact="anna@example.org"))
    assert (anna.get(link).status_code, anna.post(link).status_code) == (404, 404)
    assert role_of("anna@example.org", campaign) is None


def test_the_link_works_for_a_week(campaign: Campaign, link: str) -> None:
    invitation = Invitation.objects.get()
    Invitation.objects.update(sent_at=invitation.sent_at - timedelta(days=6, hours=23))
    assert Client().get(link).status_code == 200
    Invitation.objects.update(sent_at=invitation.sent_at - timedelta(days=7, seconds=1))
    assert (Client().get(link).status_code, Client().post(link, NEW).status_code) == (404, 404)
    assert domain.expire_invitations(now=invitation.sent_at) == 1


def test_used_invented_and_broken_links_look_alike(campaign: Campaign, link: str) -> None:
    Client().post(link, NEW)
    invented = reverse("desk:invitation", args=[to_text(new_token())])
    paths = (link, invented, reverse("desk:invitation", args=["x"]))
    pages = [Client().get(path) for path in paths]
    assert {page.status_code for page in pages} == {404}
    bodies = {_bare(page.content.decode().replace(path, "")) for page, path in zip(pages, paths, strict=True)}
    assert len(bodies) == 1


def _bare(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)


def test_quinn_cannot_use_a_link_that_went_to_anna(
    campaign: Campaign, link: str, quinn: User, signed_in: SignedIn
) -> None:
    client = signed_in(quinn)
    assert "quinn@example.com" in client.get(link).content.decode()
    assert client.post(link).status_code == 409
    assert role_of(quinn.email, campaign) is None
    assert client.get(reverse("desk:campaign", args=[campaign.slug])).status_code == 404
    assert Client().get(link).status_code == 200


def test_a_new_mail_ends_the_old_link(campaign: Campaign, link: str, desk: Client) -> None:
    Invitation.objects.update(sent_at=Invitation.objects.get().sent_at - timedelta(minutes=11))
    desk.post(reverse("desk:invited", args=[campaign.slug, Invitation.objects.get().pk]), {"act": "again"})
    fresh = link_to(account_mails()[1])
    assert (Client().get(link).status_code, Client().get(fresh).status_code) == (404, 200)


def test_an_account_that_is_switched_off_joins_nothing(campaign: Campaign, link: str, signed_in: SignedIn) -> None:
    anna: User = factories.UserFactory.create(email="anna@example.org")
    client = signed_in(anna)
    User.objects.filter(pk=anna.pk).update(is_active=False)
    client.post(link)
    assert role_of(anna.email, campaign) is None


def test_who_is_an_owner_already_stays_one(campaign: Campaign, link: str, signed_in: SignedIn) -> None:
    anna: User = factories.UserFactory.create(email="anna@example.org")
    factories.MemberFactory.create(campaign=campaign, user=anna, role=Role.OWNER)
    signed_in(anna).post(link)
    assert role_of(anna.email, campaign) == Role.OWNER


def test_neither_link_nor_address_lies_readable(campaign: Campaign, link: str) -> None:
    kept = bytes(Invitation.objects.get().token_hash)
    assert kept != token_of(link)
    assert b"anna" not in bytes(Letter.objects.get().sealed).lower()


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_account(campaign: Campaign, link: str) -> None:
    token, sent_at = token_of(link), Invitation.objects.get().sent_at

    def press() -> object:
        return domain.register_invited(token=token, password=PASSWORD, now=sent_at)

    assert at_once(press, press) in (
        [None, Refusal.ACCOUNT_EXISTS],
        [None, Refusal.INVITATION_GONE],
    )
    assert User.objects.filter(email__iexact="anna@example.org").count() == 1
