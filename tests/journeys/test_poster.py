"""The campaign page as a sheet: what stands beside what, and how its headline breaks."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys import steps

pytestmark = pytest.mark.browser

PLACES = """() => Object.fromEntries([".slip", ".text", ".behind", ".milestones"].map(one => {
    const { top, bottom, left, right } = document.querySelector(one).getBoundingClientRect();
    return [one, { top, bottom, left, right }];
}))"""
# On how many lines each word of a headline stands.
SET = """title => {
    document.querySelector("h1").className = "headline headline--small";
    document.querySelector("h1").innerHTML = title;
    return [...document.querySelectorAll("h1 span")].map(one =>
        Math.round(one.offsetHeight / parseFloat(getComputedStyle(one).lineHeight)));
}"""


@pytest.mark.parametrize("language", ["en", "ar"])
def test_beneath_the_form_stands_what_is_known_of_the_campaign(open_page: Callable[..., Page], language: str) -> None:
    page = open_page(locale=language, viewport={"width": 1280, "height": 800})
    page.goto(steps.campaign_path(language))
    places: dict[str, dict[str, float]] = page.evaluate(PLACES)
    slip, text = places[".slip"], places[".text"]
    assert slip["bottom"] < 800
    for block in (places[".behind"], places[".milestones"]):
        assert (block["left"], block["right"]) == (slip["left"], slip["right"])
        assert block["top"] > slip["bottom"]
    beside = text["right"] < slip["left"] if language == "en" else text["left"] > slip["right"]
    assert beside


def test_the_milestones_come_along_beside_a_long_text_and_stop_where_it_ends(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page.goto(steps.campaign_path())
    page.evaluate("document.querySelector('.text').innerHTML += '<p>More of it.</p>'.repeat(60)")
    page.evaluate("scrollTo(0, 1500)")
    assert 0 < page.evaluate(f"({PLACES})()['.milestones'].top") < 200
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    end: float = page.evaluate("document.querySelector('.body').getBoundingClientRect().bottom")
    assert page.evaluate(f"({PLACES})()['.milestones'].bottom") <= end


@pytest.mark.parametrize("width", [390, 1280])
def test_a_word_breaks_only_when_it_has_a_line_of_its_own_and_no_room(
    open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    page.goto(steps.campaign_path())
    short = '<span class="whole">Night-trains</span> <span class="whole">for-everybody-now</span>'
    assert page.evaluate(SET, short) == [1, 1]
    [lines] = page.evaluate(SET, f'<span class="whole">{"overflowing" * 12}</span>')
    assert lines > 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_stops_of_an_open_page_follow_the_number(open_page: Callable[..., Page]) -> None:
    page = open_page()
    said: dict[str, Any] = {"count": 0, "signs": 0, "withdrawals": 0, "goal": 1000, "size": 1}

    def answer(route: Route) -> None:
        route.fulfill(body=orjson.dumps(said), content_type="application/json")

    page.route("**/count.json", answer)
    page.goto(steps.campaign_path())
    stops = page.locator("[data-count-stop]")
    goals = [int(stop.get_attribute("data-count-stop") or "") for stop in stops.all()]
    said |= {"count": goals[0], "goal": goals[1]}
    expect(stops.first).to_have_attribute("data-standing", "reached", timeout=30_000)
    expect(stops.first.locator("[data-when=reached]")).to_be_visible()
    expect(stops.first.locator("[data-when=next]")).to_be_hidden()
    expect(stops.nth(1).locator("[data-when=next]")).to_be_visible()
    assert stops.first.locator("rect").get_attribute("height") == str(goals[0])
