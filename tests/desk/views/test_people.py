"""Accounts: Sam makes them, the link chooses a password once, and Sam takes them away."""

import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories.campaigns import PASSWORD
from tocsin.campaigns.models import User
from tocsin.outbox.models import Letter

PEOPLE = reverse("desk:people")


@pytest.fixture
def sams(sam: User, signed_in: Callable[[User], Client]) -> Client:
    cache.clear()
    return signed_in(sam)


def invite(sams: Client, email: str) -> str:
    link: str = sams.post(PEOPLE, {"email": email}).context["link"]
    return link


def test_an_account_comes_with_a_link_that_chooses_a_password_once(sams: Client) -> None:
    link = invite(sams, "anna@example.org").removeprefix("http://testserver")
    anna = Client()
    form = anna.get(link, follow=True).redirect_chain[-1][0]
    anna.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    fresh = Client()
    assert fresh.post("/desk/account/login/", {"login": "anna@example.org", "password": PASSWORD}).status_code == 302
    assert "password1" not in Client().get(link, follow=True).content.decode()


def test_the_link_is_mailed_too_and_lies_sealed(sams: Client) -> None:
    link = invite(sams, "anna@example.org")
    row = Letter.objects.get()
    assert row.kind == "account"
    assert (b"anna" in bytes(row.sealed), link.encode() in bytes(row.sealed)) == (False, False)


def test_a_new_account_may_do_nothing_until_a_team_takes_it(sams: Client) -> None:
    invite(sams, "anna@example.org")
    anna = User.objects.get(email="anna@example.org")
    assert (anna.is_superuser, anna.has_usable_password(), anna.memberships.count()) == (False, False, 0)


@pytest.mark.parametrize("email", ["NOOR@example.org", "no address", ""])
def test_an_address_that_is_known_or_none_is_refused(sams: Client, noor: User, email: str) -> None:
    answer = sams.post(PEOPLE, {"email": email})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["email"])
    assert User.objects.count() == 2


def test_an_account_is_switched_off_at_once_and_on_again(sams: Client, noor: User, desk: Client) -> None:
    path = reverse("desk:switch", args=[noor.pk])
    sams.post(path, {"off": "1"})
    assert desk.get("/desk/").status_code == 302
    refused = Client().post("/desk/account/login/", {"login": noor.email, "password": PASSWORD})
    assert not re.fullmatch(r"/desk/", refused.headers.get("Location", ""))
    sams.post(path, {"on": "1"})
    assert Client().post("/desk/account/login/", {"login": noor.email, "password": PASSWORD})["Location"] == "/desk/"


def test_nobody_locks_themselves_out(sams: Client, sam: User) -> None:
    sams.post(reverse("desk:switch", args=[sam.pk]), {"off": "1"})
    sam.refresh_from_db()
    assert sam.is_active
