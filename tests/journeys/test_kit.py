"""Otto prints and posts: from his rally's page to the poster, the copied post, and nothing that keeps anybody out."""

import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.axe import in_both_looks, violations
from tests.running.rallies import put_up_rallies
from tests.running.server import SLUG, Server

pytestmark = [pytest.mark.browser, pytest.mark.any_database]

RALLY = f"/en/{SLUG}/rallies/kassel/"


@pytest.fixture(scope="module")
def running_server(make_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Return a server of this file's own: its campaign has a rally of each kind."""
    server = make_server(tmp_path_factory.mktemp("kit"))
    put_up_rallies(server)
    return server


def test_otto_copies_the_alert_and_gets_the_poster(open_page: Callable[..., Page]) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(RALLY)
    page.get_by_role("link", name="Poster, flyers and posts to copy").click()
    page.get_by_role("button", name="Copy the short post").click()
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert re.search(r"^📅 .+\n⏰ .+ \(Europe/Berlin, UTC\+[12]\)\n📍 .*Kassel, Germany\nhttp", copied, re.MULTILINE)
    poster = page.get_by_role("link", name=re.compile("^A4")).first.get_attribute("href")
    answer = page.request.get(str(poster))
    assert len(PdfReader(io.BytesIO(answer.body())).pages) == 1


def test_without_javascript_the_texts_are_there_and_no_button_that_does_nothing(open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(RALLY)
    page.get_by_role("link", name="Poster, flyers and posts to copy").click()
    expect(page.locator(".kit__text").first).to_contain_text("📍")
    expect(page.get_by_role("button")).to_have_count(0)


@in_both_looks
def test_axe_finds_nothing_on_a_kit(open_page: Callable[..., Page], theme: str, language: str) -> None:
    page = open_page(color_scheme=theme)
    page.goto(RALLY.replace("/en/", f"/{language}/"))
    page.goto(str(page.locator("a[href$='/kit/']").get_attribute("href")))
    assert violations(page) == []
