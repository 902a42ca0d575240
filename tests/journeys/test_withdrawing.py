"""Maya takes her signature back: the data goes, and the number drops by one, visibly."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Person
from tests.journeys import steps
from tests.running.mailbox import Mailbox, link_in
from tests.running.visitor import Visitor

pytestmark = pytest.mark.browser


def test_maya_withdraws_and_the_number_drops(
    open_page: Callable[..., Page], visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person]
) -> None:
    maya = newcomer()
    visitor.sign(maya, show_name="yes")
    mail = mailbox.wait_for(maya.address)
    before = visitor.settled()
    visitor.confirm(link_in(mail, "c"))
    count = before["count"] + 1
    visitor.wait_for_count(count)

    page = open_page()
    page.goto(link_in(mail, "m"))
    page.get_by_role("button", name="Withdraw my signature").click()
    expect(page.get_by_text("Please tick this box first, so that nobody withdraws by accident.")).to_be_visible()
    page.locator("input[name=sure]").check()
    page.get_by_role("button", name="Withdraw my signature").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your signature is withdrawn")

    assert visitor.wait_for_count(count - 1) == count - 1
    after = visitor.settled()
    assert (after["signs"], after["withdrawals"]) == (
        before["signs"] + 1,
        before["withdrawals"] + 1,
    )
    page.goto(link_in(mail, "c"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your signature is withdrawn")


def test_who_has_withdrawn_may_sign_again(visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person]) -> None:
    maya = newcomer()
    visitor.sign(maya)
    mail = mailbox.wait_for(maya.address)
    visitor.confirm(link_in(mail, "c"))
    visitor.ask("POST", f"{link_in(mail, 'm')}/withdraw", {"sure": "yes"})
    visitor.sign(maya)
    answer = visitor.confirm(link_in(mailbox.wait_for(maya.address, count=2), "c"))
    assert "Thank you. You have signed." in answer.text


def test_this_was_not_me(
    open_page: Callable[..., Page], visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person]
) -> None:
    maya = newcomer()
    visitor.sign(maya)
    link = link_in(mailbox.wait_for(maya.address), "c")
    before = visitor.settled()["count"]
    page = open_page()
    page.goto(link)
    page.get_by_role("button", name="This was not me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for telling us")
    # A robot that presses every button presses the other one too: held for an organiser, not counted.
    steps.confirm(page, link)
    assert visitor.settled()["count"] == before
