"""The steps that people take on the pages; a journey puts them together."""

from playwright.sync_api import Page, expect

from tests.cast import Person
from tests.running.server import NOOR, PASSWORD, SLUG


def campaign_path(language: str = "en") -> str:
    """Return the campaign page's path."""
    return f"/{language}/{SLUG}/"


def fill_in(page: Page, person: Person, **more: str) -> None:
    """Type what `person` types into the sign form; `more` are further fields by name."""
    typed = {"name": person.name, "email": person.address, "place": person.place} | more
    for fold in page.locator("form[data-sign] details:not([open]) > summary").all():
        fold.click()  # a reason is asked for only of those who want to give one
    for field, value in typed.items():
        page.locator(f"form[data-sign] [name={field}]").fill(value)
    page.locator("form[data-sign] [name=country]").select_option(person.country)


def press_sign(page: Page) -> None:
    """Press the form's button."""
    page.locator("form[data-sign] button.button").click()


def expect_thanks(page: Page, language: str = "en") -> None:
    """Wait for the page that sends people to their mail; minutes of arithmetic would be a bug."""
    page.wait_for_url(f"**/{language}/{SLUG}/thanks/", timeout=30_000)


def confirm(page: Page, link: str) -> None:
    """Follow the link of a mail, tick the box, press the button."""
    page.goto(link)
    page.locator("input[name=consent]").check()
    page.locator("form.choice button").click()


def number_on(page: Page) -> int:
    """Return the number on the campaign page, whatever the language groups digits with."""
    shown = page.locator("[data-count-number]").first.inner_text()
    return int("".join(digit for digit in shown if digit.isdecimal()))


def expect_number(page: Page, number: int) -> None:
    """Wait until the page shows `number`, without loading it again."""
    expect(page.locator("[data-count-number]").first).to_have_text(f"{number:,}", timeout=20_000)


def sign_in_at_desk(page: Page, email: str = NOOR) -> None:
    """Sign in at the desk and wait until it opens."""
    page.goto("/desk/account/login/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/desk/")
