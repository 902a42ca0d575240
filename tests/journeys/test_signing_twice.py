"""Signing a second time: the page tells nothing, the mail tells the person, and the number stays."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Person
from tests.journeys import steps
from tests.running.mailbox import Mailbox, link_in, plain_text
from tests.running.visitor import Visitor

pytestmark = pytest.mark.browser


def test_pressing_twice_counts_once(
    open_page: Callable[..., Page], visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person]
) -> None:
    maya = newcomer()
    visitor.sign(maya)
    link = link_in(mailbox.wait_for(maya.address), "c")
    first, second = open_page(), open_page()
    for page in (first, second):
        page.goto(link)
        page.locator("input[name=consent]").check()
    before = visitor.settled()["count"]
    first.locator("form.choice button").click()
    expect(first.get_by_role("heading", level=1)).to_have_text("Thank you. You have signed.")
    second.locator("form.choice button").click()
    expect(second.get_by_role("heading", level=1)).to_have_text("You have signed")
    assert visitor.wait_for_count(before + 1) == before + 1
    second.goto(link)
    expect(second.get_by_role("heading", level=1)).to_have_text("You have signed")


def test_who_has_signed_gets_a_mail_that_says_so_and_the_same_page(
    open_page: Callable[..., Page], visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person]
) -> None:
    maya = newcomer()
    visitor.sign(maya)
    visitor.confirm(link_in(mailbox.wait_for(maya.address), "c"))

    page = open_page()
    page.goto(steps.campaign_path())
    steps.fill_in(page, maya)
    steps.press_sign(page)
    steps.expect_thanks(page)
    second = mailbox.wait_for(maya.address, count=2)
    assert "You have signed already" in plain_text(second)


def test_two_of_one_household_may_both_sign(
    visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person]
) -> None:
    maya = newcomer()
    before = visitor.settled()["count"]
    for number, name in enumerate(("Maya Lindqvist", "Nils Lindqvist"), start=1):
        visitor.sign(maya, name=name)
        answer = visitor.confirm(link_in(mailbox.wait_for(maya.address, count=number), "c"))
        assert "Thank you. You have signed." in answer.text
    assert visitor.wait_for_count(before + 2) == before + 2


def test_a_third_person_of_one_mailbox_cannot(
    visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person]
) -> None:
    maya = newcomer()
    for number, name in enumerate(("Maya Lindqvist", "Nils Lindqvist"), start=1):
        visitor.sign(maya, name=name)
        visitor.confirm(link_in(mailbox.wait_for(maya.address, count=number), "c"))
    assert visitor.sign(maya, name="Ole Lindqvist").status == 303
    assert "no more can" in plain_text(mailbox.wait_for(maya.address, count=3))
