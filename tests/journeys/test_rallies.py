"""Finding a rally: on a phone, without JavaScript, on another clock, from right to left, by whoever cannot see."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

from tests.axe import in_both_looks, violations
from tests.journeys import steps
from tests.running.rallies import put_up_rallies
from tests.running.server import SLUG, Server
from tests.running.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.any_database]

LIST = f"/en/{SLUG}/rallies/"
PAGES = ("", "?country=PT", "?country=SE&toilets=yes", "?when=over", "kassel/", "porto/", "malmo/", "ghent/", "rally/")
MOST_BYTES = 60_000
BOXES = """names => Object.fromEntries(names.map(one => {
    const { top, bottom, left, right } = document.querySelector(one).getBoundingClientRect();
    return [one, { top, bottom, left, right }];
}))"""


@pytest.fixture(scope="module")
def running_server(make_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Return a server of this file's own: its campaign has a rally of each kind."""
    server = make_server(tmp_path_factory.mktemp("rallies"))
    put_up_rallies(server)
    return server


def cities_on(page: Page) -> list[str]:
    return page.locator("main .town__name").all_inner_texts()


def test_maya_finds_a_rally_near_her_without_javascript(open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(steps.campaign_path())
    page.get_by_role("link", name=re.compile(r"^All \d+ rallies$")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rallies")
    assert {"Amman", "Kassel", "Lisbon", "Porto", "Malmö", "Online"} <= set(cities_on(page))
    assert "Ghent" not in cities_on(page)

    page.locator(".filters summary").click()
    page.locator("[name=country]").select_option("DE")
    page.locator("[name=step-free]").check()
    page.locator(".filters button").click()
    assert cities_on(page) == ["Kassel"]
    page.locator(".chips a", has_text="Germany").click()
    assert cities_on(page) == ["Kassel"]  # nobody else says step-free

    page.get_by_role("link", name="Kassel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kassel")
    expect(page.locator(".when__clock")).to_contain_text("Europe/Berlin, UTC+")
    expect(page.locator(".come__count")).to_have_text("231 people are coming")
    expect(page.locator("[data-left]")).to_be_hidden()


def test_who_reads_elsewhere_is_told_their_own_hour_and_how_long_it_is_until_then(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(timezone_id="America/New_York")
    page.goto(f"{LIST}kassel/")
    expect(page.locator("[data-yours]")).to_have_text(re.compile(r" on your clock$"))
    expect(page.locator("[data-left]")).to_have_text(re.compile(r"^in (19|20) days$"))
    page.goto(LIST)
    assert page.locator(".hour__yours").count() > 3


def test_who_reads_on_the_clock_of_the_place_is_not_told_it_twice(open_page: Callable[..., Page]) -> None:
    page = open_page(timezone_id="Europe/Berlin")
    page.goto(f"{LIST}kassel/")
    expect(page.locator("[data-left]")).to_be_visible()
    expect(page.locator("[data-yours]")).to_be_hidden()


def test_a_date_of_a_series_that_is_cancelled_leads_to_those_that_stand(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(f"{LIST}malmo/")
    page.locator(".dates a:has(.struck)").first.click()
    expect(page.locator(".verdict")).to_have_text("Cancelled")
    expect(page.locator(".when__note")).to_have_text("The square is flooded.")
    page.locator(".dates li", has_text="Moved").locator("a").click()
    expect(page.locator(".notice--moved")).to_contain_text("It was to be on")


def test_a_rally_is_reported_with_a_button(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(f"{LIST}kassel/")
    page.locator(".report summary").click()
    page.locator(".report button").click()
    expect(page.get_by_role("status").first).to_have_text("Thank you. Somebody of the campaign will look at it.")


def test_the_form_stays_before_the_rallies_on_a_phone_and_beside_them_on_a_desk(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(steps.campaign_path())
    places = page.evaluate(BOXES, [".slip", ".next", ".text"])
    assert places[".slip"]["bottom"] <= places[".next"]["top"] < places[".text"]["top"]
    page.set_viewport_size({"width": 1280, "height": 900})
    places = page.evaluate(BOXES, [".slip", ".next", ".text"])
    assert places[".next"]["right"] < places[".slip"]["left"]
    assert places[".next"]["top"] < 900


def test_the_whole_campaign_page_weighs_little(open_page: Callable[..., Page]) -> None:
    weights: dict[str, int] = {}
    page = open_page()

    def weigh(answer: Response) -> None:
        weights[answer.url] = answer.request.sizes()["responseBodySize"]

    page.on("response", weigh)
    page.goto(steps.campaign_path())
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 3)")
    page.wait_for_load_state("networkidle")
    assert any("rallies.svg" in url for url in weights)  # the map's picture is among them
    assert sum(weights.values()) <= MOST_BYTES, weights


@in_both_looks
def test_axe_finds_nothing_on_any_page_of_rallies(open_page: Callable[..., Page], theme: str, language: str) -> None:
    page = open_page(color_scheme=theme, locale=language, reduced_motion="reduce")
    found = {}
    for path in ("", *(f"rallies/{one}" for one in PAGES)):
        page.goto(f"/{language}/{SLUG}/{path}")
        for fold in page.locator("main details:not([open]) > summary").all():
            if fold.is_visible():
                fold.click()
        if flaws := violations(page):
            found[path] = flaws
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    assert found == {}


def test_no_page_of_rallies_breaks_our_policy_or_sets_a_cookie(
    open_page: Callable[..., Page], visitor: Visitor
) -> None:
    page, refused = open_page(), []
    page.on("console", lambda message: refused.append(message.text) if "Policy" in message.text else None)
    for path in PAGES:
        page.goto(LIST + path)
        assert visitor.get(LIST + path).header("set-cookie") is None
    assert refused == []
    # The block of data for search engines is there and whole, and nothing ran it.
    page.goto(f"{LIST}kassel/")
    said = page.evaluate("JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent)")
    assert (said["@type"], said["location"]["name"]) == ("Event", "Königsplatz")
