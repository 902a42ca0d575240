"""Noor puts a campaign up in a real browser: from an empty desk to an open campaign, and closes it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Dialog, Page, expect

from tests.journeys import steps
from tests.running.server import PASSWORD
from tocsin.website.colours import by_day, by_night, contrast

pytestmark = pytest.mark.browser


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def said(page: Page, words: str) -> None:
    expect(page.locator(".notes")).to_contain_text(words)


def write_and_publish(page: Page, campaign: str) -> None:
    page.goto(f"{campaign}appeal/")
    page.locator("[name='appeal.en.title']").fill("Rivers one can swim in")
    page.locator("[name='appeal.en.text']").fill("We ask for **clean** rivers.")
    press(page, "Save and preview")
    expect(page.locator(".sheet strong")).to_have_text("clean")
    press(page, "Publish it")
    said(page, "The appeal is published")
    page.goto(f"{campaign}privacy/preview/")
    press(page, "Publish it")
    said(page, "The privacy text is published")


def make_the_key(page: Page, campaign: str) -> None:
    page.goto(f"{campaign}key/")
    words = page.locator("[name=passphrase]").input_value()
    page.locator("[name=label]").fill("Office safe")
    # The other form of the page, for a key made on a laptop, asks for it too.
    page.locator("#id_own_password").fill(PASSWORD)
    press(page, "Make the key")
    with page.expect_download() as sheet:
        press(page, "Download the recovery sheet")
    assert Path(sheet.value.path()).read_bytes()[:5] == b"%PDF-"
    page.locator("[id$=_drill_passphrase]").fill(words)
    press(page, "Open the test row")
    said(page, "Office safe can read what is sealed")


@pytest.mark.parametrize(
    "scripts", [pytest.param(True, marks=pytest.mark.any_database), False], ids=["with-scripts", "without-scripts"]
)
def test_noor_puts_a_campaign_up_and_closes_it(
    open_page: Callable[..., Page],
    tmp_path: Path,
    scripts: bool,
) -> None:
    slug = f"clean-rivers-{'one' if scripts else 'two'}"
    page = open_page(java_script_enabled=scripts, accept_downloads=True)
    steps.sign_in_at_desk(page)
    page.goto("/desk/new/")
    page.locator("[name=title]").fill(slug.replace("-", " ").capitalize())
    press(page, "Begin")
    campaign = f"/desk/campaign/{slug}/"
    page.wait_for_url(f"**{campaign}")
    page.goto(f"{campaign}settings/")
    page.locator("[name=contact]").fill("office@rivers.example")
    press(page, "Save")
    said(page, "Saved.")
    Image.new("RGB", (80, 60), "#0b5345").save(tmp_path / "river.png")
    page.goto(f"{campaign}picture/")
    page.locator("[name=picture]").set_input_files(tmp_path / "river.png")
    press(page, "Save")
    expect(page.locator(".picture img")).to_have_js_property("naturalWidth", 80)
    write_and_publish(page, campaign)
    make_the_key(page, campaign)
    page.goto(f"{campaign}open/")
    press(page, "Open it")
    said(page, "The campaign is open")
    page.get_by_role("link", name="Public page").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Clean rivers")
    page.goto(f"{campaign}open/")
    page.locator("[name=typed]").fill(slug)
    page.locator("[name=own_password]").fill(PASSWORD)
    press(page, "Close the campaign")
    said(page, "The campaign is closed")


@pytest.mark.any_database
def test_the_menu_of_a_phone_is_worked_by_keyboard_and_needs_no_script(open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    steps.sign_in_at_desk(page)
    page.goto("/desk/campaign/night-trains/")
    menu = page.get_by_role("navigation", name="This campaign")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").press("Enter")
    menu.get_by_role("link", name="Held signatures").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Held signatures")


@pytest.mark.any_database
def test_a_field_that_was_refused_far_down_a_page_is_where_one_goes_on(open_page: Callable[..., Page]) -> None:
    page = open_page()
    steps.sign_in_at_desk(page)
    page.goto("/desk/campaign/night-trains/key/")
    page.get_by_text("Take the key from somebody").click()
    page.locator("#remove_label").fill("Nobody of that name")
    page.locator("#remove_own_password").fill("not my password")
    press(page, "Take their files away")
    expect(page.locator("#id_own_password")).to_be_focused()


@pytest.mark.any_database
def test_the_accents_contrast_is_shown_while_it_is_chosen_as_the_public_pages_will_have_it(
    open_page: Callable[..., Page],
) -> None:
    page = open_page()
    steps.sign_in_at_desk(page)
    page.goto("/desk/campaign/night-trains/settings/")
    for accent in ("#ffee00", "#0b5345", "#9a3412", "#808080", "#000000", "#2277ff"):
        page.locator("[name=accent]").fill(accent)
        for time, colours in (("day", by_day(accent)), ("night", by_night(accent))):
            for part, colour in (("field", colours.field), ("letters", colours.on_field), ("text", colours.text)):
                expect(page.locator(f"[data-colour={time}-{part}]")).to_have_attribute("fill", colour)
        ratio = f"{round(contrast(accent, by_day(accent).on_field), 1):g} to 1"
        expect(page.locator("[data-ratio]")).to_contain_text(ratio)


@pytest.mark.any_database
def test_leaving_with_words_unsaved_asks_first(open_page: Callable[..., Page]) -> None:
    page = open_page()
    asked: list[str] = []

    def agree(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", agree)
    steps.sign_in_at_desk(page)
    page.goto("/desk/campaign/night-trains/appeal/")
    page.goto("/desk/campaign/night-trains/team/")
    assert asked == []
    page.goto("/desk/campaign/night-trains/appeal/")
    page.locator("[name='appeal.en.title']").press_sequentially("!")
    page.goto("/desk/campaign/night-trains/team/")
    assert asked == ["beforeunload"]
