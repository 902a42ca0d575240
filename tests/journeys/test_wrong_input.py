"""Whatever Maya gets wrong comes back beside its field, with everything she typed still there."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Person
from tests.journeys import steps
from tests.running.mailbox import Mailbox
from tests.running.visitor import Visitor
from tests.slips import NO_SLIPS, SLIPS

pytestmark = pytest.mark.browser
REASON = "Because it's <b>night</b> & I'm \"asleep\".\nTwo lines of it."


def values_on(page: Page) -> dict[str, str]:
    fields = ("name", "email", "country", "place", "reason")
    return {field: page.locator(f"form[data-sign] [name={field}]").input_value() for field in fields}


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_nothing_typed_is_lost(
    open_page: Callable[..., Page], newcomer: Callable[..., Person], javascript: bool
) -> None:
    maya = newcomer()
    page = open_page(java_script_enabled=javascript)
    page.goto(steps.campaign_path())
    steps.fill_in(page, maya, name="", email="maya at example.org", reason=REASON)
    page.locator("[name=show_name]").check()
    steps.press_sign(page)

    expect(page.locator("[aria-invalid=true]")).to_have_count(2)
    assert values_on(page) == {
        "name": "",
        "email": "maya at example.org",
        "country": maya.country,
        "place": maya.place,
        "reason": REASON,
    }
    expect(page.locator("[name=show_name]")).to_be_checked()
    for field in ("name", "email"):
        described = page.locator(f"[name={field}]").get_attribute("aria-describedby")
        expect(page.locator(f"#{described}")).to_be_visible()


def test_a_likely_slip_is_asked_about_and_can_be_insisted_on(
    open_page: Callable[..., Page], mailbox: Mailbox, newcomer: Callable[..., Person]
) -> None:
    maya = newcomer()
    slip = maya.address.replace("example.org", "gmial.com")
    page = open_page(java_script_enabled=False)
    page.goto(steps.campaign_path())
    steps.fill_in(page, maya, email=slip)
    steps.press_sign(page)
    expect(page.locator("[data-slip-meant]")).to_have_text(slip.replace("gmial.com", "gmail.com"))
    page.locator("[name=email_as_typed]").check()
    steps.press_sign(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")


def test_a_slip_is_asked_about_while_typing(open_page: Callable[..., Page], newcomer: Callable[..., Person]) -> None:
    page = open_page()
    page.goto(steps.campaign_path())
    email = page.locator("form[data-sign] [name=email]")
    email.fill("maya@gmial.com")
    email.blur()
    page.locator("[data-slip-use]").click()
    expect(email).to_have_value("maya@gmail.com")


def test_the_script_asks_about_what_the_server_asks_about(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(steps.campaign_path())
    page.locator("[data-slip-use]:not([hidden])").wait_for(state="attached")
    asked = page.evaluate(
        """addresses => {
            const input = document.querySelector("[data-slip]");
            return addresses.map((typed) => {
                input.value = typed;
                input.dispatchEvent(new Event("change"));
                return document.querySelector("[data-slip-meant]").textContent;
            });
        }""",
        [*SLIPS, *NO_SLIPS],
    )
    assert dict(zip([*SLIPS, *NO_SLIPS], asked, strict=True)) == SLIPS | dict.fromkeys(NO_SLIPS, "")


def test_a_cut_link_says_so(open_page: Callable[..., Page]) -> None:
    page = open_page()
    answer = page.goto("/c/" + "A" * 20)
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("This link leads nowhere")


def test_a_form_from_another_site_is_refused(visitor: Visitor, newcomer: Callable[..., Person]) -> None:
    form = visitor.form(newcomer(), altcha=visitor.proof())
    answer = visitor.ask("POST", f"{visitor.page}sign", form, Origin="https://evil.example")
    assert answer.status == 403
