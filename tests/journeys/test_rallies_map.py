"""The map of ten thousand rallies: moved, zoomed, filtered, searched nearby, by keyboard, and without JavaScript."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from tests.axe import in_both_looks, violations
from tests.running.server import SLUG, Server

pytestmark = [pytest.mark.browser, pytest.mark.any_database]

RALLIES = 10_000
PUT_UP = f"""
from datetime import UTC, datetime
from tocsin.cli.commands import set_django_up
set_django_up()
from tocsin.campaigns.models import Campaign
from tocsin.cli.bench.rallies import put_up_rallies, towns
put_up_rallies(Campaign.objects.get(slug="{SLUG}"), towns({RALLIES}, None), now=datetime.now(UTC))
"""
LISBON = {"latitude": 38.72, "longitude": -9.14}
WIDE = {"width": 1280, "height": 900}
# Whether dots are painted on the part of the canvas that the window shows.
PAINTED = """() => {
    const canvas = document.querySelector("[data-map-here] canvas"), { width, height } = canvas;
    const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
    const { dot } = document.querySelector("[data-map]").atlas.layer.colours;
    const colour = dot.match(/[0-9a-f]{2}/g).map(one => parseInt(one, 16));
    let found = 0;
    for (let i = 0; i < pixels.length; i += 4) found += colour.every((part, place) => pixels[i + place] === part);
    return found;
}"""


@pytest.fixture(scope="module")
def running_server(make_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Return a server of this file's own: its campaign has rallies everywhere."""
    server = make_server(tmp_path_factory.mktemp("map"))
    environ = server.environ | {"DJANGO_SETTINGS_MODULE": "tocsin.config.settings"}
    subprocess.run([sys.executable, "-c", PUT_UP], env=environ, check=True)
    return server


@pytest.fixture
def at_map(open_page: Callable[..., Page]) -> Callable[..., Page]:
    def open_map(language: str = "en", **options: Any) -> Page:
        page = open_page(**{"locale": language, "timezone_id": "Europe/Lisbon", "reduced_motion": "reduce"} | options)
        page.goto(f"/{language}/{SLUG}/rallies/map/")
        page.locator(".rally-row").first.wait_for(timeout=60_000)
        return page

    return open_map


def shown(page: Page) -> int:
    return int(page.locator("[data-map-count]").inner_text().replace(",", ""))


def zoom(page: Page) -> float:
    found: float = page.evaluate("document.querySelector('[data-map]').atlas.map.getZoom()")
    return found


def dot(page: Page, *, lone: bool) -> tuple[float, float]:
    """Return where in the window a lone dot is, or one of many that lie apart; not near the edge."""
    x, y = page.evaluate(
        """lone => {
            const { layer, map } = document.querySelector("[data-map]").atlas;
            const box = map.getContainer().getBoundingClientRect();
            const shift = layer._bounds.min.subtract(map.containerPointToLayerPoint([0, 0]));
            const places = layer.dots.map(one => ({ x: one.x + shift.x, y: one.y + shift.y, many: one.rows.length }));
            const inside = one => one.x > 90 && one.y > 60 && one.x < box.width - 60 && one.y < box.height - 60;
            const isNear = (one, other) => Math.hypot(other.x - one.x, other.y - one.y) < 40;
            const away = one => places.every(other => other === one || !isNear(one, other));
            const { x, y } = places.find(one => (one.many === 1) === lone && inside(one) && away(one));
            return [box.x + x, box.y + y];
        }""",
        lone,
    )
    return x, y


def test_dots_and_list_say_the_same(at_map: Callable[..., Page]) -> None:
    page = at_map()
    assert shown(page) == RALLIES
    assert page.locator(".rally-row").count() == 40
    page.locator("[data-map-more]").click()
    assert page.locator(".rally-row").count() == 80
    expect(page.locator(".rally-row").nth(40).locator("a")).to_be_focused()
    moments = [one.get_attribute("datetime") or "" for one in page.locator("[data-there]").all()]
    assert moments == sorted(moments)
    assert page.evaluate(PAINTED) > 1_000


def test_moving_and_zooming_the_map_moves_the_list_along(at_map: Callable[..., Page]) -> None:
    page = at_map(viewport=WIDE)
    box = page.locator("[data-map-here]").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + min(box["height"], 500) / 2
    page.mouse.move(*middle)
    page.mouse.wheel(0, -240)
    page.wait_for_function("() => document.querySelector('[data-map-count]').textContent !== '10,000'")
    close = shown(page)
    assert 0 < close < RALLIES
    for step in (-250, 250, 250, -250):
        page.mouse.down()
        page.mouse.move(middle[0] + step, middle[1] + step / 3, steps=12)
        page.mouse.up()
        page.mouse.move(*middle)
    expect(page.locator("[data-map-here] canvas")).to_be_visible()
    page.wait_for_function("() => document.querySelector('[data-map]').atlas.layer.dots.length > 0")
    page.evaluate("document.querySelector('[data-map]').atlas.map.setView([0, -150], 5)")
    page.wait_for_function("close => Number(document.querySelector('[data-map-count]').textContent) < close", arg=close)


def test_a_dot_of_many_zooms_in_and_a_lone_one_says_what_it_is(at_map: Callable[..., Page]) -> None:
    page = at_map(viewport=WIDE)
    before = zoom(page)
    page.mouse.click(*dot(page, lone=False))
    page.wait_for_function("before => document.querySelector('[data-map]').atlas.map.getZoom() > before", arg=before)
    page.wait_for_timeout(1_000)
    page.mouse.click(*dot(page, lone=True))
    popup = page.locator(".leaflet-popup")
    expect(popup.locator("time").first).to_be_visible()
    assert (popup.locator("a[data-link]").get_attribute("href") or "").startswith(f"/en/{SLUG}/rallies/")
    expect(popup.get_by_role("button", name="Close")).to_be_visible()
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)


def test_filters_are_for_dots_and_list_alike(at_map: Callable[..., Page]) -> None:
    page = at_map()
    page.locator("[name=country]").select_option("PT")
    portugal = shown(page)
    assert 0 < portugal < 200
    assert set(page.locator(".rally-row [data-where]").all_inner_texts()) - {"Portugal"} == {
        text for text in page.locator(".rally-row [data-where]").all_inner_texts() if text.endswith(", Portugal")
    }
    page.locator("[name=how]").select_option("online")
    assert 0 < shown(page) < portugal
    for mark in page.locator(".rally-row [data-is=online]").all():
        expect(mark).to_be_visible()
    page.locator("[name=when]").select_option("over")
    assert shown(page) == 0
    page.locator("[name=when]").select_option("coming")
    page.locator("[name=how]").select_option("")
    page.locator(".atlas__access summary").click()
    page.get_by_label("Step-free").check()
    assert 0 < shown(page) < portugal


def test_near_me_is_worked_out_here_and_told_to_nobody(at_map: Callable[..., Page]) -> None:
    page = at_map(geolocation=LISBON, permissions=["geolocation"])
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.context.on("request", note)
    page.get_by_role("button", name="Near me").click()
    expect(page.locator("[data-map-nearest]")).to_be_visible()
    first = page.locator(".rally-row").first
    expect(first.locator("[data-where]")).to_have_text("Portugal")
    expect(first.locator("[data-is=far]")).to_contain_text("km")
    assert asked == []
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length, location.hash]") == [0, 0, ""]


def test_who_is_refused_the_place_is_told_what_else_to_do(at_map: Callable[..., Page]) -> None:
    page = at_map()
    page.get_by_role("button", name="Near me").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a country instead")


def test_the_keyboard_is_enough(at_map: Callable[..., Page]) -> None:
    page = at_map(viewport=WIDE)
    before = zoom(page)
    page.locator("[data-map-here]").focus()
    page.keyboard.press("+")
    page.wait_for_function("before => document.querySelector('[data-map]').atlas.map.getZoom() > before", arg=before)
    page.wait_for_function("() => document.querySelector('[data-map]').atlas.soon === null")
    show = page.locator(".rally-row [data-show]").first
    show.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".leaflet-popup a[data-link]")).to_be_visible()
    expect(page.locator("[data-map-here]")).to_be_focused()


def test_who_stands_in_the_list_stays_there_when_it_is_made_anew(at_map: Callable[..., Page]) -> None:
    page = at_map(viewport=WIDE)
    show = page.locator(".rally-row [data-show]").first
    named = show.get_attribute("aria-label")
    show.focus()
    page.locator(".rally-row").first.evaluate("row => { row.isOld = true; }")
    page.set_viewport_size({"width": 1400, "height": 1000})
    page.wait_for_function("() => !document.querySelector('.rally-row').isOld")
    expect(page.locator(".rally-row [data-show]:focus")).to_have_attribute("aria-label", str(named))


def test_both_clocks_are_there_when_they_differ(at_map: Callable[..., Page]) -> None:
    page = at_map()
    page.locator("[name=country]").select_option("JP")
    row = page.locator(".rally-row").first
    expect(row.locator("[data-clock]")).to_have_text("UTC+9")
    expect(row.locator("[data-is=elsewhere]")).to_be_visible()
    page.locator("[name=country]").select_option("PT")
    zones = page.locator(".rally-row", has_text="UTC+0")
    expect(zones.first.locator("[data-is=elsewhere]")).to_be_hidden()


def test_without_javascript_there_is_the_picture(open_page: Callable[..., Page]) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"/en/{SLUG}/rallies/map/")
    # The cancelled ones are neither drawn nor counted.
    picture = page.get_by_role("img", name="Map with dots for the places of 9,800 rallies")
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    assert picture.bounding_box()["width"] > 300  # type: ignore[index]  # it is visible
    expect(page.locator("[data-map-both]")).to_be_hidden()
    expect(page.get_by_role("link", name="The same as a list")).to_be_visible()


def test_no_policy_is_breached(at_map: Callable[..., Page], open_page: Callable[..., Page]) -> None:
    said: list[str] = []
    page = at_map(viewport=WIDE)
    page.on("console", lambda message: said.append(message.text))
    page.reload()
    page.locator(".rally-row").first.wait_for()
    page.mouse.click(*dot(page, lone=False))
    page.goto(f"/{SLUG}/rallies.svg")  # opened by itself, its style is allowed by its hash
    assert page.evaluate("getComputedStyle(document.querySelector('.l')).fill") != "rgb(0, 0, 0)"
    assert said == []


@in_both_looks
def test_axe_finds_nothing(at_map: Callable[..., Page], language: str, theme: str) -> None:
    page = at_map(language, color_scheme=theme)
    assert violations(page) == []
    page.locator(".atlas__access summary").click()
    page.locator(".rally-row [data-show]").first.click()
    page.locator(".leaflet-popup time").first.wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
