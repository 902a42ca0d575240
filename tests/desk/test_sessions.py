"""The desk's sessions: a stolen table opens none, a session given to somebody is not the one they sign in with."""

import asyncio
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.factories.campaigns import PASSWORD
from tocsin.campaigns.models import User
from tocsin.desk.sessions import SessionStore

LOGIN = "/desk/account/login/"
IN, OUT = 200, 302


def status_with(cookie: str) -> int:
    """Return how the desk answers somebody who holds `cookie`."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    return client.get("/desk/").status_code


def sign_in(client: Client, user: User) -> str:
    """Sign in; return the cookie."""
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_what_lies_in_the_database_opens_no_session(noor: User, client: Client) -> None:
    cookie = sign_in(client, noor)
    assert status_with(cookie) == IN
    (stolen,) = Session.objects.values_list("session_key", flat=True)
    assert (status_with(stolen), cookie in stolen) == (OUT, False)
    assert cookie not in Session.objects.get().session_data


def test_signing_in_and_out_changes_the_cookie_and_ends_the_old_one(noor: User, client: Client) -> None:
    planted = SessionStore()
    planted["x"] = 1
    planted.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(planted.session_key)
    cookie = sign_in(client, noor)
    assert cookie != planted.session_key
    assert (status_with(str(planted.session_key)), status_with(cookie)) == (OUT, IN)
    client.post("/desk/account/logout/")
    assert status_with(cookie) == OUT


def test_a_session_ends_with_its_time(noor: User, client: Client) -> None:
    cookie = sign_in(client, noor)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert status_with(cookie) == OUT
    SessionStore.clear_expired()
    assert Session.objects.count() == 0


def test_a_new_password_ends_all_other_sessions(noor: User, client: Client) -> None:
    mine, theirs = sign_in(client, noor), sign_in(Client(), noor)
    form = {"oldpassword": PASSWORD, "password1": f"{PASSWORD} and more", "password2": f"{PASSWORD} and more"}
    client.post("/desk/account/password/change/", form)
    assert status_with(theirs) == OUT
    assert client.get("/desk/").status_code == IN
    assert mine


def test_the_cookie_is_out_of_scripts_reach_and_of_other_sites(noor: User, client: Client) -> None:
    sign_in(client, noor)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["expires"]) == (True, "Lax", "/desk/", "")


@pytest.mark.django_db(transaction=True)
def test_the_asynchronous_verbs_keep_no_cookie_either() -> None:
    store = SessionStore()
    store["x"] = 1
    asyncio.run(store.asave())
    again = SessionStore(store.session_key)
    assert asyncio.run(again.aload()) == {"x": 1}
    assert Session.objects.get().session_key != store.session_key
    asyncio.run(again.adelete())
    assert Session.objects.count() == 0
