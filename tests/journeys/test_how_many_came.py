"""Maya was in Kassel and says how many came; the page shows a range and who says so, and none of it is a barrier."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.axe import in_both_looks, violations
from tests.rallies.pictures import phone_photo
from tests.running.held import put_up_held_rally
from tests.running.server import SLUG, Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running_server(make_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Return a server of this file's own."""
    return make_server(tmp_path_factory.mktemp("held"), TOCSIN_SECOND_STEP_SECONDS="1")


@pytest.fixture(scope="module")
def date(running_server: Server) -> str:
    """Return the path of the date that was held, below the campaign's."""
    return put_up_held_rally(running_server)


PHOTO: FilePayload = {"name": "crowd.jpg", "mimeType": "image/jpeg", "buffer": phone_photo()}


def fill_in(page: Page, low: str, high: str) -> None:
    page.get_by_label("At least").fill(low)
    page.get_by_label("At most").fill(high)
    page.get_by_label("Estimated by eye").check()


def test_from_the_rallys_page_to_thanks(open_page: Callable[..., Page], date: str) -> None:
    page = open_page()
    page.goto(f"/en/{SLUG}/{date}")
    crowd = page.locator(".crowd")
    expect(crowd.locator(".crowd__range")).to_have_text("250 to 350")
    expect(crowd).to_contain_text("The press: Hessische Allgemeine")
    expect(crowd).to_contain_text("300 to 350, counted")
    expect(crowd.get_by_text("500 to 900, counted")).to_be_hidden()

    crowd.get_by_text("more person who was there says").click()
    crowd.get_by_role("link", name="The photo that shows it").click()
    expect(page.locator("figure:target img")).to_have_attribute("alt", re.compile("Photo from .*Kassel"))
    expect(page.locator("figure:target")).to_contain_text("Am Brunnen")

    crowd.get_by_role("link", name="Were you there? Say how many came").click()
    fill_in(page, "400", "30")
    page.get_by_label("Photo: JPEG").set_input_files(PHOTO)
    page.get_by_role("button", name="Send what I know").click()
    expect(page.get_by_role("alert")).to_contain_text("it is smaller than the other one", timeout=30_000)
    expect(page.get_by_label("At least")).to_have_value("400")
    assert violations(page) == []

    expect(page.get_by_text("Please choose the photo again")).to_have_count(2)
    page.get_by_label("At most").fill("500")
    page.get_by_label("Photo: JPEG").set_input_files(PHOTO)
    page.get_by_role("button", name="Send what I know").click()
    page.wait_for_url("**/count/thanks/", timeout=30_000)
    assert violations(page) == []


def test_without_javascript_she_waits_a_moment_and_nothing_is_lost(open_page: Callable[..., Page], date: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"/en/{SLUG}/{date}count/")
    fill_in(page, "400", "500")
    page.get_by_label("Photo: JPEG").set_input_files(PHOTO)
    page.get_by_role("button", name="Send what I know").click()
    page.get_by_label("The photo, once more").set_input_files(PHOTO)
    page.wait_for_timeout(1_500)
    page.get_by_role("button", name="Send what I know").click()
    page.wait_for_url("**/count/thanks/", timeout=30_000)


@pytest.mark.any_database
@in_both_looks
def test_axe_finds_nothing_on_the_form_and_on_the_page(
    open_page: Callable[..., Page], date: str, theme: str, language: str
) -> None:
    page = open_page(color_scheme=theme)
    for path in ("", "count/"):
        page.goto(f"/{language}/{SLUG}/{date}{path}")
        assert violations(page) == []
