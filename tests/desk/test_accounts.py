"""Signing in: by invitation only, with a second factor, and without telling who has an account."""

import re
from typing import Any

import orjson
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.factories.campaigns import PASSWORD
from tocsin.campaigns.models import User
from tocsin.outbox.keys import opening_box
from tocsin.outbox.models import Letter
from tocsin.outbox.sealing import open_letter

LOGIN = "/desk/account/login/"


@pytest.fixture(autouse=True)
def _no_earlier_tries() -> None:
    cache.clear()


def sign_in(client: Client, login: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post(LOGIN, {"login": login, "password": password}, **more)


def letters() -> list[dict[str, str]]:
    rows = Letter.objects.filter(kind="account").order_by("id")
    opened = [
        open_letter(opening_box(row.key_day), kind=row.kind, campaign=row.campaign, sealed=bytes(row.sealed))
        for row in rows
    ]
    return [orjson.loads(content) for content in opened]


@pytest.mark.usefixtures("db")
def test_nobody_can_sign_up(client: Client) -> None:
    client.post("/desk/account/signup/", {"email": "anna@example.org", "password1": PASSWORD})
    assert User.objects.count() == 0


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(noor: User, client: Client) -> None:
    wrong = sign_in(client, noor.email, "not this one at all")
    unknown = sign_in(client, "nobody@example.org", "not this one at all")
    assert (wrong.status_code, _bare(wrong)) == (unknown.status_code, _bare(unknown))


def _bare(answer: Any) -> str:
    page: str = answer.content.decode()
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
    return page.replace("noor@example.org", "").replace("nobody@example.org", "")


def test_strangers_cannot_lock_an_organiser_out(noor: User, client: Client) -> None:
    for _ in range(30):
        sign_in(client, noor.email, "guess after guess", REMOTE_ADDR="203.0.113.9")
    refused = sign_in(client, noor.email, REMOTE_ADDR="203.0.113.9")
    assert refused.status_code != 302
    assert sign_in(client, noor.email, REMOTE_ADDR="198.51.100.4").status_code == 302


def test_asking_for_a_password_tells_nothing_and_writes_to_no_stranger(noor: User, client: Client) -> None:
    path = reverse("account_reset_password")
    known = client.post(path, {"email": noor.email})
    unknown = client.post(path, {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert [letter["to"] for letter in letters()] == [noor.email]


def test_the_link_in_a_mail_is_ours_whatever_the_host_header_says(
    noor: User, client: Client, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "evil.example"]
    client.post(reverse("account_reset_password"), {"email": noor.email}, headers={"host": "evil.example"})
    text = letters()[0]["text"]
    assert set(re.findall(r"https?://[a-z.]*[a-z]", text)) == {settings.BASE_URL}


def test_the_link_sets_a_password_once(noor: User, client: Client) -> None:
    client.post(reverse("account_reset_password"), {"email": noor.email})
    link = re.search(r"http://testserver(/desk/account/password/reset/key/\S+)", letters()[0]["text"])
    assert link is not None
    form = client.get(link[1], follow=True)
    fresh = "quite another long sentence"
    client.post(form.redirect_chain[-1][0], {"password1": fresh, "password2": fresh})
    assert sign_in(Client(), noor.email, fresh).status_code == 302
    assert "password1" not in Client().get(link[1], follow=True).content.decode()


def test_a_mail_of_an_account_lies_sealed(noor: User, client: Client) -> None:
    client.post(reverse("account_reset_password"), {"email": noor.email})
    row = Letter.objects.get()
    assert noor.email.encode() not in bytes(row.sealed)


def _switch_on_totp(client: Client) -> str:
    client.post("/desk/account/reauthenticate/", {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret: str = page.context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": _code(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    return secret


def _code(secret: str) -> str:
    return f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06d}"


def test_a_second_factor_is_asked_for_once_it_is_on(noor: User, desk: Client) -> None:
    secret = _switch_on_totp(desk)
    cache.clear()  # a code works once; the same one is asked for within its half minute here
    client = Client()
    asked = sign_in(client, noor.email)
    assert asked["Location"] == reverse("mfa_authenticate")
    assert client.get("/desk/").status_code == 302
    assert client.post(asked["Location"], {"code": "000000"}).status_code == 200
    assert client.post(asked["Location"], {"code": _code(secret)})["Location"] == "/desk/"


def test_a_recovery_code_works_once(noor: User, desk: Client) -> None:
    _switch_on_totp(desk)
    code = desk.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]
    for expected in (302, 200):
        client = Client()
        sign_in(client, noor.email)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == expected


def test_secrets_of_second_factors_are_not_readable_in_the_database(noor: User, desk: Client) -> None:
    secret = _switch_on_totp(desk)
    stored = repr([authenticator.data for authenticator in Authenticator.objects.all()])
    assert Authenticator.objects.count() == 2
    assert secret not in stored
    assert noor.email not in stored


def test_the_qr_code_needs_nothing_that_our_headers_forbid(desk: Client) -> None:
    desk.post("/desk/account/reauthenticate/", {"password": PASSWORD})
    page = desk.get(reverse("mfa_activate_totp")).content.decode()
    assert "<svg" in page
    assert "data:image" not in page


def test_the_address_of_an_account_is_not_changed_at_the_desk(noor: User, desk: Client) -> None:
    desk.post("/desk/account/reauthenticate/", {"password": PASSWORD})
    path = reverse("account_email")
    assert desk.post(path, {"action_add": "", "email": "quinn@example.com"}).status_code == 405
    assert "noor@example.org" in desk.get(path).content.decode()


def test_a_wrong_password_is_answered_in_words(client: Client, noor: User) -> None:
    page = sign_in(client, noor.email, "not this one", headers={"accept-language": "es"})

    assert "La dirección de correo o la contraseña no son correctas." in page.content.decode()
