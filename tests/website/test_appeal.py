"""Shortcodes in a text stand for what they stood for in WordPress; their values stay data."""

import pytest

from tests.cast import MAYA, RUI
from tests.factories.campaigns import published_appeal
from tests.factories.signing import NOW, counted, open_campaign
from tocsin.campaigns.models import Campaign
from tocsin.website.appeal import appeal_html
from tocsin.website.poster import poster_of
from tocsin.website.slots import slot_mark

pytestmark = pytest.mark.django_db


def html_of(campaign: Campaign, source: str, *, is_live: bool = True) -> str:
    """Return `source` as it would stand on a page of the campaign."""
    return appeal_html(poster_of(campaign, "en", now=NOW), source, is_live=is_live)


def test_two_forms_on_one_page_both_work() -> None:
    open_campaign("open-libraries", title={"en": "Open libraries on Sundays"})
    html = html_of(open_campaign(), '[emailpetition id="1"]\n\n[emailpetition id="open-libraries"]')
    assert html.count('action="/en/night-trains/sign"') == 1
    assert html.count('action="/en/open-libraries/sign"') == 1
    assert 'id="form-2-name"' in html
    assert 'id="form-3-name"' in html


def test_another_campaigns_form_comes_with_the_text_it_signs() -> None:
    other = open_campaign("open-libraries", title={"en": "Open libraries on Sundays"})
    html = html_of(open_campaign(), '[emailpetition id="open-libraries"]')
    text = poster_of(other, "en", now=NOW)
    assert f'value="{text.text_hash}"' in html
    assert "sleeper train between every two capitals" in html


def test_an_id_that_leads_nowhere_means_this_campaign() -> None:
    assert 'action="/en/night-trains/sign"' in html_of(open_campaign(), '[emailpetition id="4711"]')


def test_the_number_is_live_where_the_page_is() -> None:
    campaign = open_campaign()
    counted(campaign, [MAYA, RUI])
    assert html_of(campaign, "[signaturecount]") == f"<p>{slot_mark('count')}</p>\n"
    assert html_of(campaign, "[signaturecount] of [signaturegoal]", is_live=False) == "<p>2 of 100</p>\n"
    assert html_of(campaign, "[signaturestotal]") == "<p>2</p>\n"


def test_the_list_shows_as_many_rows_as_asked_for() -> None:
    campaign = open_campaign()
    counted(campaign, [MAYA, RUI], shows_name=True)
    html = html_of(campaign, '[signaturelist id="1" rows="1"]')
    assert html.count('class="names__name"') == 1
    assert 'href="/en/night-trains/signatures/"' in html


def test_title_and_text_of_another_campaign() -> None:
    other = open_campaign("open-libraries", title={"en": "Open <libraries>"})
    html = html_of(open_campaign(), '[petitiontitle id="open-libraries"]\n\n[petitionmessage id="open-libraries"]')
    assert "<p>Open &lt;libraries&gt;</p>" in html
    assert "sleeper train" in html
    assert other.slug == "open-libraries"


def test_a_text_that_names_itself_ends() -> None:
    assert html_of(open_campaign(), "Before [petitionmessage] after").split() == ["<p>Before", "after</p>"]


def test_words_alone_where_nothing_is_live() -> None:
    html = html_of(open_campaign(), "Read this.\n\n[emailpetition]\n\n[signaturelist]", is_live=False)
    assert html.strip() == "<p>Read this.</p>"


@pytest.mark.parametrize(
    "hostile",
    [
        '[emailpetition class="x\\" onmouseover=alert(1)"]',
        "[emailpetition class='a\"><script>alert(1)</script>']",
        '[signaturelist rows="1;alert(1)" nextbuttontext="<img src=x onerror=alert(1)>"]',
        '[petitiontitle id="<script>alert(1)</script>"]',
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://elsewhere.example/pixel.png)",
    ],
)
def test_hostile_values_are_inert(hostile: str) -> None:
    html = html_of(open_campaign(), hostile)
    for forbidden in ("<script", "onmouseover=", "<img", 'href="javascript:'):
        assert forbidden not in html.lower()


def test_a_language_without_words_shows_the_fallbacks(db: None) -> None:
    campaign = open_campaign()
    published_appeal(campaign, number=2, en=("Night", "Give us the night."))
    poster = poster_of(campaign, "ar", now=NOW)
    assert poster.text is not None
    assert (poster.text.language, poster.text.title) == ("en", "Night")
