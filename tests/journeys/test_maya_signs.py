"""Maya signs on her phone, opens her mail, confirms, and sees the number move."""

import json
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Person
from tests.journeys import steps
from tests.running.mailbox import Mailbox, link_in, plain_text
from tests.running.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def maya(newcomer: Callable[..., Person]) -> Person:
    return newcomer()


def test_maya_signs_confirms_and_sees_the_number_move(
    open_page: Callable[..., Page], visitor: Visitor, mailbox: Mailbox, maya: Person
) -> None:
    watching, page = open_page(), open_page()
    visitor.settled()
    watching.goto(steps.campaign_path())
    before = steps.number_on(watching)

    page.goto(steps.campaign_path())
    steps.fill_in(page, maya)
    steps.press_sign(page)
    steps.expect_thanks(page)

    steps.confirm(page, link_in(mailbox.wait_for(maya.address), "c"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. You have signed.")
    steps.expect_number(page, before + 1)  # on the page that thanks her as well
    steps.expect_number(watching, before + 1)


def test_the_form_fits_into_a_phones_first_screen(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(steps.campaign_path())
    for part in ("h1", "[data-count]", "form[data-sign] [name=name]"):
        expect(page.locator(part).first).to_be_in_viewport()


def test_who_has_read_to_the_end_finds_the_form_again(open_page: Callable[..., Page]) -> None:
    for width in (390, 1280):
        page = open_page(viewport={"width": width, "height": 800})
        page.goto(steps.campaign_path())
        page.locator(".to-form a").click()
        expect(page.locator("form[data-sign] [name=name]")).to_be_in_viewport()


def test_no_page_scrolls_sideways(
    open_page: Callable[..., Page], visitor: Visitor, mailbox: Mailbox, maya: Person
) -> None:
    """At 320 px, which is 400 % of 1280, and with the spacing of WCAG 1.4.10 and 1.4.12."""
    visitor.sign(maya)
    mail = mailbox.wait_for(maya.address)
    for language in ("en", "ar"):
        page = open_page(viewport={"width": 320, "height": 568}, locale=language, bypass_csp=True)
        campaign = steps.campaign_path(language)
        parts = ("", "thanks/", "lost/", "signatures/", "organisations/", "numbers/", "appeal/1/", "privacy/")
        others = (f"/{language}/trust/", f"/{language}/withdraw/", link_in(mail, "m"), f"/{language}/nowhere/")
        for path in (*(campaign + part for part in parts), *others):
            expect_no_sideways(page, path)
    page = open_page(viewport={"width": 320, "height": 568}, bypass_csp=True)
    expect_no_sideways(page, link_in(mail, "c"))
    steps.confirm(page, link_in(mail, "c"))
    page.locator(".receipt a[download]").wait_for(timeout=30_000)
    assert page.evaluate(TOO_WIDE) == []


def expect_no_sideways(page: Page, path: str) -> None:
    page.goto(path)
    assert page.evaluate(TOO_WIDE) == [], path
    page.add_style_tag(content=WIDE_SPACING)
    assert page.evaluate(TOO_WIDE) == [], path


WIDE_SPACING = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.body.querySelectorAll("*")].filter(one => one.getBoundingClientRect().right > innerWidth + 1
        || one.getBoundingClientRect().left < -1).map(one => one.outerHTML.slice(0, 80))"""


def test_her_mail_is_plain_text_first_and_can_be_stopped_with_one_click(
    visitor: Visitor, mailbox: Mailbox, maya: Person
) -> None:
    assert visitor.sign(maya).status == 303
    mail = mailbox.wait_for(maya.address)
    assert parts_of(mail) == ["text/plain", "text/html"]
    assert mail["From"].addresses[0].addr_spec == "appeal@night-trains.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith(f"<{visitor.server.url}/m/")
    assert maya.address in plain_text(mail)


def parts_of(mail: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in mail.iter_parts()]


def test_her_link_shows_the_exact_text_an_empty_box_and_a_button(
    open_page: Callable[..., Page], visitor: Visitor, mailbox: Mailbox, maya: Person
) -> None:
    visitor.sign(maya)
    page = open_page()
    page.goto(link_in(mailbox.wait_for(maya.address), "c"))
    expect(page.locator(".paper")).to_contain_text("A bed that costs less than a flight.")
    expect(page.locator("input[name=consent]")).not_to_be_checked()
    before = visitor.settled()
    page.locator("form.choice button").click()
    expect(page.locator("#consent-wrong")).to_be_visible()
    assert visitor.settled() == before


def test_she_takes_her_data_along_and_shows_her_name(
    open_page: Callable[..., Page], visitor: Visitor, mailbox: Mailbox, maya: Person
) -> None:
    visitor.sign(maya, reason="I like to wake up somewhere else.")
    mail = mailbox.wait_for(maya.address)
    visitor.confirm(link_in(mail, "c"))
    manage = link_in(mail, "m")
    mine = visitor.ask("POST", f"{manage}/mine", {})
    assert mine.header("content-disposition") == 'attachment; filename="my-signature.json"'
    assert maya.address in mine.text
    assert "m" not in json.loads(mine.text), "the file holds the key with which one can withdraw"

    page = open_page()
    page.goto(manage)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="Show my name").click()
    expect(page.get_by_role("status")).to_have_text("Now: your name is shown.")
    visitor.wait_quietly()  # another process may have the list from a moment ago, for a second
    page.goto(f"{steps.campaign_path()}signatures/")
    expect(page.locator("main")).to_contain_text(maya.name)
