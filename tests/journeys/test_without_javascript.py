"""Maya's browser runs no script: a second step that waits takes the place of the proof of work."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Person
from tests.journeys import steps
from tests.running.mailbox import Mailbox, link_in
from tests.running.visitor import Visitor

pytestmark = pytest.mark.browser


def test_maya_signs_without_javascript_and_waits(
    open_page: Callable[..., Page], mailbox: Mailbox, visitor: Visitor, newcomer: Callable[..., Person]
) -> None:
    maya = newcomer()
    page = open_page(java_script_enabled=False)
    page.goto(steps.campaign_path())
    steps.fill_in(page, maya, reason="Because I like trains.")
    steps.press_sign(page)

    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.locator("main form button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")  # too soon: it waits on
    assert mailbox.letters(maya.address) == []

    page.wait_for_timeout(21_000)
    page.locator("main form button").click()
    steps.expect_thanks(page)

    before = visitor.settled()["count"]
    steps.confirm(page, link_in(mailbox.wait_for(maya.address), "c"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. You have signed.")
    assert visitor.wait_for_count(before + 1) == before + 1
    page.wait_for_timeout(1_500)
    page.goto(steps.campaign_path())
    assert steps.number_on(page) == before + 1


def test_the_second_step_holds_what_was_typed_out_of_sight(visitor: Visitor, newcomer: Callable[..., Person]) -> None:
    maya = newcomer()
    step = visitor.ask("POST", f"{visitor.page}sign", visitor.form(maya))
    assert "One more step" in step.text
    assert step.header("cache-control") == "no-store"
    assert maya.address not in step.text
