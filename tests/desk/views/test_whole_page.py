"""The campaign page as it will be with the draft: whole, marked, for the team alone, and not to be signed."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.cast import MAYA
from tests.factories import signing
from tocsin.campaigns import domain
from tocsin.campaigns.models import Campaign, User

DRAFT = {"en": ("Night trains for all", "Words of the *draft*, [signaturecount] so far.\n\n[emailpetition]")}


def page_of(campaign: Campaign, language: str = "en") -> str:
    return reverse("desk:whole-page", args=[campaign.slug, language])


def write(campaign: Campaign) -> None:
    domain.draft_appeal(campaign=campaign, texts=DRAFT)


def test_a_draft_stands_on_the_page_as_visitors_would_see_it(open_one: Campaign, desk: Client) -> None:
    signing.counted(open_one, [MAYA])
    public = desk.get(f"/en/{open_one.slug}/").content.decode()
    write(open_one)
    shown = desk.get(page_of(open_one))
    html = shown.content.decode()
    assert ("Words of the <em>draft</em>, 1 so far." in html, "@@slot" in html) == (True, False)
    assert "Words of the" not in public
    assert ("Version 2, not published yet." in html, shown["Cache-Control"]) == (True, "no-store")
    preview = reverse("desk:appeal-preview", args=[open_one.slug])
    for place in (preview, reverse("desk:appeal", args=[open_one.slug])):
        assert f'href="{page_of(open_one)}"' in desk.get(place).content.decode()


def test_it_says_what_it_is_and_leads_back(open_one: Campaign, desk: Client) -> None:
    write(open_one)
    html = desk.get(page_of(open_one, "es")).content.decode()
    assert '<html lang="es"' in html
    assert '<aside class="preview" lang="en" dir="ltr" aria-label="Preview">' in html
    assert "nobody can sign here" in html
    assert reverse("desk:appeal", args=[open_one.slug]) in html


def test_nobody_can_sign_there(open_one: Campaign, desk: Client) -> None:
    write(open_one)
    html = desk.get(page_of(open_one)).content.decode()
    forms = re.findall(r"<form[^>]*>\s*(\S+)", html)
    assert forms == ["<fieldset", "<fieldset"]  # the slip, and the one in the words
    assert html.count('<fieldset class="sign__still" disabled>') == 2
    assert [words in html for words in ('method="post"', '/sign"', "data-sign", "proof.js")] == [False] * 4


def test_before_opening_it_has_its_colours_its_code_and_its_form(campaign: Campaign, desk: Client) -> None:
    factories.published_appeal(campaign)
    html = desk.get(page_of(campaign)).content.decode()
    assert 'name="email"' in html
    for name in ("theme.css", "qr.svg"):
        assert f"{page_of(campaign)}{name}" in html
    theme, code = desk.get(f"{page_of(campaign)}theme.css"), desk.get(f"{page_of(campaign)}qr.svg")
    assert (theme["Content-Type"], code["Content-Type"]) == ("text/css; charset=utf-8", "image/svg+xml")
    assert f".theme-{campaign.slug}" in theme.content.decode()
    assert desk.get(f"{page_of(campaign)}other.css").status_code == 404


def test_it_is_for_the_team_alone(
    open_one: Campaign, edith_desk: Client, client: Client, signed_in: Callable[[User], Client]
) -> None:
    write(open_one)
    assert edith_desk.get(page_of(open_one)).status_code == 200
    assert client.get(page_of(open_one)).status_code == 302
    quinns = signed_in(factories.UserFactory.create(email="quinn@example.net"))
    assert [quinns.get(page_of(open_one) + name).status_code for name in ("", "theme.css")] == [404, 404]


@pytest.mark.parametrize("language", ["de", "xx"])
def test_a_language_that_the_campaign_does_not_have_is_not_found(
    open_one: Campaign, desk: Client, language: str
) -> None:
    write(open_one)
    assert desk.get(page_of(open_one, language)).status_code == 404


def test_without_any_text_there_is_no_page(campaign: Campaign, desk: Client) -> None:
    assert desk.get(page_of(campaign)).status_code == 404
