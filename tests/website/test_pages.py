"""Each page that the lane answers with: whole, in its language, and inert whatever was typed."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.cast import MAYA, OTTO, RUI
from tests.factories.campaigns import published_appeal
from tests.factories.signing import counted, open_campaign
from tocsin.campaigns import queries
from tocsin.campaigns.models import AppealText, Campaign
from tocsin.campaigns.states import State
from tocsin.vault.keyring import pepper_path
from tocsin.website import pages
from tocsin.website.clock import clock
from tocsin.website.pages import TokenPage

HOSTILE = '"><script>alert(1)</script>@@slot:fields@@'


class Parts(HTMLParser):
    """Collects ids, what points at them, and the fields of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.pointers: list[str] = []
        self.fields: dict[str, dict[str, str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        for name in ("aria-describedby", "aria-labelledby", "for"):
            self.pointers += given.get(name, "").split()
        if tag == "a" and given.get("href", "").startswith("#"):
            self.pointers.append(given["href"][1:])
        if tag in {"input", "select", "textarea", "button"} and "name" in given:
            self.fields.setdefault(given["name"], given)


@pytest.fixture
def campaign(db: None) -> Campaign:
    """Return an open campaign in three languages."""
    return open_campaign()


def text_of(campaign: Campaign) -> AppealText:
    """Return the words that are being signed in English."""
    version = queries.current_version(campaign)
    assert version is not None
    text = queries.text_in(version, "en")
    assert text is not None
    return text


def sign_page(campaign: Campaign, language: str = "en", **more: str) -> str:
    """Return the campaign page with the form filled in by `more`."""
    return pages.sign_page(campaign, language, values=more, errors={})


def test_the_form_sends_what_the_lane_reads(campaign: Campaign) -> None:
    html = sign_page(campaign)
    fields = Parts(html).fields
    assert set(fields) == {
        "text_hash", "text_language", "privacy", "name", "email", "email_as_typed", "country", "place", "reason",
        "show_name", "keep_informed",
    }  # fmt: skip
    assert fields["text_hash"]["value"] == bytes(text_of(campaign).text_hash).hex()
    assert (fields["text_language"]["value"], fields["privacy"]["value"]) == ("en", "1")
    assert '<form class="sign" method="post" action="/en/night-trains/sign"' in html
    assert not any("checked" in field for field in fields.values())


def test_errors_stand_beside_their_fields(campaign: Campaign) -> None:
    typed = {"name": "", "email": "maya@gmial.com", "suggestion": "maya@gmail.com", "country": "SE", "reason": "Rails"}
    html = pages.sign_page(
        campaign, "en", values=typed, errors={"name": "Enter a name.", "email": "Spelled right?"}, notice="It changed."
    )
    parts = Parts(html)
    assert parts.fields["name"]["aria-invalid"] == "true"
    assert parts.fields["name"]["aria-describedby"] == "name-wrong"
    assert 'id="name-wrong">Enter a name.<' in html
    assert "aria-invalid" not in parts.fields["country"]
    assert '<option value="SE" selected>' in html
    assert parts.fields["email_as_typed"]["value"] == "maya@gmial.com"
    assert "maya@gmail.com" in html
    assert 'role="status">It changed.<' in html


def test_every_pointer_finds_its_target(campaign: Campaign) -> None:
    counted(campaign, [MAYA], shows_name=True)
    html = pages.sign_page(
        campaign, "en", values={}, errors=dict.fromkeys(("name", "email", "country", "place"), "No.")
    )
    parts = Parts(html)
    assert len(parts.ids) == len(set(parts.ids))
    assert [one for one in parts.pointers if one not in parts.ids] == []


def test_whatever_is_typed_is_inert(campaign: Campaign) -> None:
    fields = ("name", "email", "country", "place", "reason", "suggestion", "email_as_typed")
    html = pages.sign_page(
        campaign, "en", values=dict.fromkeys(fields, HOSTILE), errors={"name": HOSTILE}, notice=HOSTILE
    )
    assert "<script>alert" not in html
    assert "@@slot:fields@@" not in html


def test_the_page_names_its_languages_both_ways(campaign: Campaign) -> None:
    html = sign_page(campaign, "ar")
    assert '<html lang="ar" dir="rtl"' in html
    for code in ("en", "es", "ar"):
        assert f'hreflang="{code}" href="http://testserver/{code}/night-trains/"' in html
    assert '<link rel="canonical" href="http://testserver/ar/night-trains/">' in html


def test_words_in_another_language_say_so(campaign: Campaign) -> None:
    html = sign_page(campaign, "ar")
    assert '<div class="text" lang="en" dir="ltr">' in html
    assert Parts(html).fields["text_language"]["value"] == "en"


@pytest.mark.parametrize("code, direction", [("uk", "ltr"), ("he", "rtl")])
def test_where_nobody_translated_the_page_each_word_says_its_own_language(
    campaign: Campaign, code: str, direction: str
) -> None:
    counted(campaign, [MAYA], shows_name=True)
    Campaign.objects.filter(pk=campaign.pk).update(
        languages=[code, "en"],
        title={code: "Own title"},
        motto={code: "Own motto"},
        imprint={code: "Own imprint"},
    )
    html = sign_page(Campaign.objects.get(pk=campaign.pk), code)
    assert '<html lang="en" dir="ltr"' in html
    assert "Sign the appeal" in html
    own = f'lang="{code}" dir="{direction}">'
    assert re.search(rf'<h1 class="[^"]*" {own}Own title', html)
    assert f'<p class="motto" {own}Own motto' in html
    assert f'<div class="facts quiet" {own}<p>Own imprint' in html
    assert f'<ul class="names" lang="{code}">' in html
    assert f'<select id="country" name="country" lang="{code}"' in html
    assert re.search(r"published [A-Z][a-z]+\.? \d", html)


def test_a_form_within_the_appeal_speaks_the_language_of_the_page(campaign: Campaign) -> None:
    published_appeal(campaign, number=2, en=("Night trains", "Words.\n\n[emailpetition]"))
    html = sign_page(campaign, "ar")
    assert re.search(r'<section class="petition [^"]*" lang="ar" dir="rtl">', html)


def test_a_number_of_lines_costs_no_more_questions(
    campaign: Campaign, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for people in ([MAYA], [OTTO, RUI]):
        counted(campaign, people, shows_name=True)
        with django_assert_num_queries(10):
            html = sign_page(campaign)
        assert people[0].name in html


def test_milestones_end_with_the_goal_that_follows(campaign: Campaign) -> None:
    html = sign_page(campaign)
    assert [f'data-count-stop="{goal}"' in html for goal in (100, 1000, 10000)] == [True, True, True]


def test_after_closing_the_number_stands_without_a_next_goal(campaign: Campaign) -> None:
    campaign.goals = [2, 1000]
    counted(campaign, [MAYA, OTTO])
    open_page = sign_page(campaign)
    ahead, reached = 'data-count-stop="1000"', 'data-count-stop="2"'
    assert [words in open_page for words in ("next goal", "data-count-way", ahead)] == [True, True, True]
    campaign.closes_at = clock() - timedelta(days=1)
    html = sign_page(campaign)
    assert [words in html for words in ("next goal", "data-count-way", ahead)] == [False, False, False]
    assert [words in html for words in ("signed in all", "data-count-number", reached)] == [True, True, True]


@pytest.mark.parametrize("days", [-1, 1])
def test_no_form_before_opening_or_after_closing(campaign: Campaign, days: int) -> None:
    at = clock() + timedelta(days=days)
    Campaign.objects.filter(pk=campaign.pk).update(**{"opens_at" if days > 0 else "closes_at": at})
    campaign.refresh_from_db()
    html = sign_page(campaign)
    assert "data-sign" not in html
    assert ("Not open yet" if days > 0 else "Signing is over") in html


def test_a_closed_campaign_keeps_its_page(campaign: Campaign) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(state=State.CLOSED)
    campaign.refresh_from_db()
    assert "Signing is over" in sign_page(campaign)


def test_a_machine_without_the_pepper_closes_its_form_and_says_so(campaign: Campaign) -> None:
    pepper_path(campaign.pk).unlink()
    html = sign_page(campaign)
    assert "data-sign" not in html
    assert "Signing pauses" in html


def test_the_second_step_carries_what_was_typed(campaign: Campaign) -> None:
    html = pages.wait_page(campaign, "en", held="sealed-form", seconds=20)
    assert Parts(html).fields["held"]["value"] == "sealed-form"
    assert "wait 20 seconds" in html
    assert 'dur="20s"' in html
    assert "<script" not in html


def test_the_busy_page_leaves_room_for_what_was_typed(campaign: Campaign) -> None:
    html = pages.busy_page(campaign, "en")
    assert html.count("@@slot:fields@@") == 1
    assert 'action="/en/night-trains/sign"' in html


def test_thanks_says_nothing_of_who_signed(campaign: Campaign) -> None:
    assert pages.thanks_page(campaign, "en") == pages.thanks_page(campaign, "en")
    assert "slot:" not in pages.thanks_page(campaign, "en")


def test_a_lost_mail_is_asked_for_by_address(campaign: Campaign) -> None:
    html = pages.lost_page(campaign, "en", email=HOSTILE, is_wrong=True)
    field = Parts(html).fields["email"]
    assert (field["value"], field["aria-describedby"]) == (HOSTILE, "email-wrong")
    assert "<script>alert" not in html


def test_confirming_takes_the_words_a_box_and_a_button(campaign: Campaign) -> None:
    html = pages.token_page("confirm", campaign, "en", text_of(campaign))
    parts = Parts(html)
    assert "sleeper train between every two capitals" in html
    assert "version 1" in html
    assert parts.fields["consent"]["value"] == "yes"
    assert "checked" not in parts.fields["consent"]
    assert '<form class="choice" method="post" action="@@slot:path@@"' in html
    assert 'method="post" action="@@slot:path@@/not-me"' in html


def test_a_button_without_its_box_brings_the_page_back(campaign: Campaign) -> None:
    consent = Parts(pages.token_page("unticked", campaign, "en", text_of(campaign))).fields["consent"]
    assert (consent["aria-invalid"], consent["aria-describedby"]) == ("true", "consent-wrong")
    sure = Parts(pages.token_page("unsure", campaign, "en", None)).fields["sure"]
    assert (sure["aria-invalid"], sure["aria-describedby"]) == ("true", "sure-wrong")


def test_managing_offers_each_verb_as_a_form_of_its_own(campaign: Campaign) -> None:
    html = pages.token_page("manage", campaign, "en", None)
    for verb in ("name", "stop", "mine", "withdraw"):
        assert html.count(f'action="@@slot:path@@/{verb}"') == 1
    assert html.count('method="post"') == 4
    assert "@@slot:state_line@@" in html


def test_a_version_signed_earlier_is_shown_as_it_was(campaign: Campaign) -> None:
    signed = text_of(campaign)
    published_appeal(campaign, number=2, en=("Changed", "Other words."))
    html = pages.token_page("confirm", campaign, "en", signed)
    assert "sleeper train" in html
    assert "Other words" not in html


PARTS = (TokenPage.RECEIPT, TokenPage.RECEIPT_BARE, TokenPage.RECEIPT_COMING)


@pytest.mark.parametrize("kind", PARTS)
def test_what_pages_say_of_a_receipt_is_a_part_and_no_page(campaign: Campaign, kind: TokenPage) -> None:
    html = pages.token_page(kind, campaign, "ar", None)
    assert html.strip().startswith('<section class="receipt"')
    assert "<html" not in html
    assert ("<code>" in html) is (kind is TokenPage.RECEIPT)


@pytest.mark.parametrize("kind", [kind for kind in TokenPage if kind not in PARTS])
def test_token_pages_say_who_may_index_and_stay_inert(campaign: Campaign, kind: TokenPage) -> None:
    html = pages.token_page(kind, campaign, "ar", text_of(campaign))
    assert '<meta name="robots" content="noindex">' in html
    assert 'dir="rtl"' in html


def test_nobody_yet_is_asked_to_be_the_first(campaign: Campaign) -> None:
    assert 'data-count-so-far="@@slot:count_raw@@"' in pages.sign_page(campaign, "en", values={}, errors={})
    assert "data-count-so-far" not in pages.token_page("confirmed", campaign, "en", None)


def test_a_form_that_came_back_says_so_in_its_title(campaign: Campaign) -> None:
    assert "<title>Not sent yet" in pages.sign_page(campaign, "en", values={}, errors={"name": "Who?"})
    assert "<title>Not sent yet" not in pages.sign_page(campaign, "en", values={}, errors={})


def test_an_error_is_named_in_words_in_its_title() -> None:
    html = pages.error_page(404, "en")
    assert "<title>There is no such page</title>" in html
    assert "<h1>There is no such page</h1>" in html


@pytest.mark.parametrize("status", [404, 410, 429, 500, 503])
def test_errors_need_no_database(status: int) -> None:
    html = pages.error_page(status, "ar")
    assert f">{status}</p>" in html
    assert '<html lang="ar" dir="rtl">' in html
    assert html.count("<h1>") == 1


def test_an_unknown_error_is_ours() -> None:
    assert pages.error_page(418, "en") == pages.error_page(500, "en")
    assert "<h1>" in pages.error_page(403, "en")
