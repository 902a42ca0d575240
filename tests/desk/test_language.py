"""The desk speaks the language that was chosen, else the browser's; the public pages are left alone."""

import pytest
from django.test import Client
from django.urls import reverse

from tocsin.campaigns.models import User

LANGUAGE = reverse("desk:language")


@pytest.mark.usefixtures("db")
def test_the_browser_decides_first(client: Client) -> None:
    page = client.get("/desk/account/login/", headers={"accept-language": "ar"})
    assert page["Content-Language"] == "ar"
    assert '<html lang="ar" dir="rtl">' in page.content.decode()


def test_what_was_chosen_stays(noor: User, desk: Client) -> None:
    assert desk.post(LANGUAGE, {"language": "es", "next": "/desk/new/"})["Location"] == "/desk/new/"
    assert desk.get("/desk/", headers={"accept-language": "ar"})["Content-Language"] == "es"


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("code", ["", "xx", "../../etc", "de"])
def test_a_language_that_the_desk_does_not_speak_changes_nothing(client: Client, code: str) -> None:
    client.post(LANGUAGE, {"language": code})
    assert client.get("/desk/account/login/")["Content-Language"] == "en"


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/desk/", "/desk/\\evil", "\\\\evil", "/en/x/", ""]
)
def test_choosing_leads_only_to_the_desk(client: Client, target: str) -> None:
    answer = client.post(LANGUAGE, {"language": "es", "next": target})
    assert answer["Location"].startswith("/desk/")
    assert "evil.example" not in answer["Location"]


def test_a_page_that_is_not_there_says_so_in_the_language_of_the_desk(desk: Client) -> None:
    page = desk.get("/desk/nowhere/", headers={"accept-language": "es"})

    assert "Esta página no existe" in page.content.decode()
