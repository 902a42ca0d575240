"""Noor corrects the appeal while Maya is typing: Maya loses nothing, and learns what changed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Person
from tests.journeys import steps
from tests.running.mailbox import Mailbox, link_in
from tests.running.server import SLUG

pytestmark = pytest.mark.browser
ADDED = "And a breakfast that deserves the name."


def publish_addition(page: Page) -> None:
    """Let Noor add a sentence to the English text and publish it, at the desk."""
    page.goto(f"/desk/campaign/{SLUG}/appeal/")
    text = page.locator('[name="appeal.en.text"]')
    text.fill(f"{text.input_value().rstrip()}\n\n{ADDED}")
    page.locator("button[name=preview]").click()
    expect(page.locator(".sheet-body").first).to_contain_text(ADDED)
    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_text("The appeal is published.")).to_be_visible()


def test_noor_corrects_the_appeal_while_maya_types(
    open_page: Callable[..., Page], mailbox: Mailbox, newcomer: Callable[..., Person]
) -> None:
    maya = newcomer()
    page, desk = open_page(), open_page()
    page.goto(steps.campaign_path())
    steps.fill_in(page, maya, reason="I was typing for a while.")

    steps.sign_in_at_desk(desk)
    publish_addition(desk)
    desk.wait_for_timeout(1_500)

    steps.press_sign(page)
    expect(page.locator(".notice")).to_be_visible()
    assert page.locator("[name=email]").input_value() == maya.address
    assert page.locator("[name=reason]").input_value() == "I was typing for a while."
    expect(page.locator("main")).to_contain_text(ADDED)
    steps.press_sign(page)
    steps.expect_thanks(page)

    page.goto(link_in(mailbox.wait_for(maya.address), "c"))
    expect(page.locator(".paper")).to_contain_text(ADDED)
    page.goto(f"{steps.campaign_path()}appeal/")
    expect(page.locator("main li")).to_have_count(2)
