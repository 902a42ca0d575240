"""Signing in Arabic: the page, the mail and the confirmation all run from right to left."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Person
from tests.journeys import steps
from tests.running.mailbox import Mailbox, link_in, plain_text

pytestmark = pytest.mark.browser
NAME = "ليلى حداد"


def test_maya_signs_in_arabic(
    open_page: Callable[..., Page], mailbox: Mailbox, newcomer: Callable[..., Person]
) -> None:
    leila = newcomer(name=NAME, country="EG", place="القاهرة", language="ar")
    page = open_page(locale="ar")
    page.goto(steps.campaign_path("ar"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.get_by_role("heading", level=1)).to_have_text("أعيدوا القطارات الليلية")
    steps.fill_in(page, leila)
    steps.press_sign(page)
    steps.expect_thanks(page, "ar")

    mail = mailbox.wait_for(leila.address)
    assert NAME in plain_text(mail)
    page.goto(link_in(mail, "c"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator(".paper")).to_contain_text("نطالب بقطار نوم")
    page.locator("input[name=consent]").check()
    page.locator("form.choice button").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("input[name=consent]")).to_have_count(0)


def test_the_headline_begins_at_the_right(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(steps.campaign_path("ar"))
    headline = page.get_by_role("heading", level=1)
    assert headline.evaluate("element => getComputedStyle(element).direction") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_address_is_typed_from_left_to_right(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(steps.campaign_path("ar"))
    email = page.locator("form[data-sign] [name=email]")
    assert email.evaluate("element => getComputedStyle(element).direction") == "ltr"
