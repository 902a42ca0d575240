"""axe finds nothing on any page, by day and by night, from left to right and from right to left."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from types import SimpleNamespace

import pytest
from PIL import Image
from playwright.sync_api import Page, Route

from tests.axe import LOOKS, violations
from tests.cast import MAYA, PILAR, Person
from tests.journeys import steps
from tests.running.mailbox import Mailbox, link_in
from tests.running.server import PASSPHRASE, SLUG
from tests.running.visitor import Visitor
from tocsin.website.pages import error_page
from tocsin.website.slots import render

pytestmark = [pytest.mark.browser, pytest.mark.any_database]

WIDE = {"width": 1280, "height": 900}

PUBLIC = (
    "",
    "thanks/",
    "lost/",
    "signatures/",
    "organisations/",
    "numbers/",
    "appeal/",
    "appeal/1/",
    "privacy/",
    "privacy/1/",
    "rallies/",
)
DESK = (
    "",
    "account/",
    "account/password/change/",
    "account/second-factor/",
    "accounts/",
    "new/",
    *(
        f"campaign/{SLUG}/{page}"
        for page in (
            "",
            "settings/",
            "picture/",
            "organisations/",
            "appeal/",
            "appeal/1/",
            "appeal/page/en/",
            "privacy/",
            "key/",
            "open/",
            "close/",
            "held/",
            "strikes/",
            "reasons/",
            "reported/",
            "rallies/",
            "rallies/all/",
            "rallies/import/",
            "rallies/new/",
            "rallies/days/",
            "rallies/days/new/",
            "rallies/tell/",
            "rallies/tell/new/",
            "rallies/resolve/",
            "mail/",
            "team/",
            "export/",
        )
    ),
)


class Look:
    """One pair of eyes: a theme and a language, on a phone and on a desk."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: dict[str, list[str]] = {}

    def at(self, path: str) -> None:
        """Open an address and look."""
        self.page.goto(path)
        self.here(path)

    def at_words(self, name: str, words: str) -> None:
        """Look at a page that the server shows only when something is wrong with it, dressed as there."""

        def answer(route: Route) -> None:
            route.fulfill(body=words, content_type="text/html; charset=utf-8")

        self.page.route(f"**/{name}", answer)
        self.at(f"/{name}")
        assert self.page.locator("h1").count() == 1

    def here(self, name: str) -> None:
        """Look at the page that is open."""
        if flaws := violations(self.page):
            self.found[name] = flaws


@pytest.fixture(params=LOOKS, ids="-".join)
def pair(request: pytest.FixtureRequest) -> tuple[str, str]:
    theme, language = request.param
    return theme, language


@pytest.fixture
def theme(pair: tuple[str, str]) -> str:
    return pair[0]


@pytest.fixture
def language(pair: tuple[str, str]) -> str:
    return pair[1]


@pytest.fixture
def look(open_page: Callable[..., Page], theme: str, language: str) -> Iterator[Look]:
    look = Look(open_page(color_scheme=theme, locale=language, reduced_motion="reduce"))
    yield look
    assert look.found == {}


@pytest.fixture
def links(visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person], language: str) -> tuple[str, str]:
    """Return the links of somebody who signed in `language`."""
    speaker = Visitor(visitor.server, language=language)
    person = newcomer(PILAR)
    speaker.sign(person, show_name="yes", reason="Slow is beautiful.")
    mail = mailbox.wait_for(person.address)
    return link_in(mail, "c"), link_in(mail, "m")


def test_axe_does_look(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/en/trust/")
    page.evaluate("""() => {
        document.querySelector("main").insertAdjacentHTML("beforeend", '<img src="/favicon.ico"><input>');
        document.documentElement.removeAttribute("lang");
    }""")
    assert {one.partition(":")[0] for one in violations(page)} >= {"image-alt", "label", "html-has-lang"}


def test_public_pages(look: Look, language: str) -> None:
    look.at("/")
    look.at(f"/{language}/trust/")
    look.at(f"/{language}/withdraw/")
    look.at(f"/verify/#{language}")
    look.at(f"/{language}/nowhere/")
    for page in PUBLIC:
        look.at(f"/{language}/{SLUG}/{page}")
        assert look.page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    look.page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # Playwright's own type for two numbers
    look.at(f"/{language}/{SLUG}/")


@pytest.mark.usefixtures("collected_static")
def test_pages_of_a_bad_day(look: Look, language: str) -> None:
    for status in (410, 429, 500, 503):
        look.at_words(f"error-{status}", error_page(status, language))
    look.page.goto(steps.campaign_path(language))
    theme = look.page.locator("link[href*=theme]").get_attribute("href")
    poster = SimpleNamespace(
        title="Bring back the night trains",
        path=steps.campaign_path(language),
        theme_path=theme,
        campaign=SimpleNamespace(slug=SLUG),
    )
    look.at_words("busy", render("website/busy.html", {"poster": poster, "language": language}, language=language))


def test_what_has_the_focus_can_be_seen(open_page: Callable[..., Page], theme: str) -> None:
    """The ring around each link, field and button of the campaign page stands out from what lies below it."""
    page = open_page(color_scheme=theme, reduced_motion="reduce")
    page.goto(steps.campaign_path())
    hidden: list[str] = []
    for _ in range(16):  # the poster's links, the whole form, the first links of the text
        page.keyboard.press("Tab")
        words, box = page.evaluate(FOCUSED)
        clip = {"x": max(0, box[0] - 8), "y": max(0, box[1] - 8), "width": box[2] + 16, "height": box[3] + 16}
        seen = page.screenshot(clip=clip)  # type: ignore[arg-type]  # Playwright's own type for a rectangle
        page.evaluate("document.activeElement.style.setProperty('outline', 'none', 'important')")
        if ring_pixels(seen, page.screenshot(clip=clip)) < box[2]:  # type: ignore[arg-type]  # the same
            hidden.append(words)
        page.evaluate("document.activeElement.style.removeProperty('outline')")
    assert hidden == []


FOCUSED = """() => {
    const one = document.activeElement, box = one.getBoundingClientRect();
    return [one.outerHTML.slice(0, 80), [box.x, box.y, box.width, box.height]];
}"""


def ring_pixels(seen: bytes, without: bytes) -> int:
    """Return how many pixels have a contrast of 3:1 or more to what they are without the ring (WCAG 1.4.11)."""
    pictures = [Image.open(BytesIO(one)).convert("RGB") for one in (seen, without)]
    pairs = zip(*(_pixels(one) for one in pictures), strict=True)
    return sum(1 for one, other in pairs if one != other and contrast(one, other) >= 3)


def _pixels(picture: Image.Image) -> Iterator[tuple[int, int, int]]:
    raw = picture.tobytes()
    return zip(raw[::3], raw[1::3], raw[2::3], strict=True)


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: tuple[int, int, int]) -> float:
    parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


STANDING = "header a, header button, nav a, nav button, footer a, footer button, .onward > a, .back > a, .skip"
TOO_SMALL = """selector => [...document.querySelectorAll(selector)]
    .filter(one => one.checkVisibility() && !one.classList.contains("skip"))
    .map(one => [one.textContent.trim(), one.getBoundingClientRect()])
    .filter(([, box]) => Math.min(box.width, box.height) < 24)
    .map(([words, box]) => `${words}: ${box.width} x ${box.height}`)"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_links_that_stand_by_themselves_can_be_hit(open_page: Callable[..., Page], language: str, width: int) -> None:
    """Each is 24 pixels high and wide (WCAG 2.2, 2.5.8); links within a sentence are as high as its lines."""
    page = open_page(locale=language, viewport={"width": width, "height": 900})
    steps.sign_in_at_desk(page)
    small: dict[str, list[str]] = {}
    places = (f"/desk/{one}" for one in ("", "account/", f"campaign/{SLUG}/", f"campaign/{SLUG}/key/"))
    pages = (steps.campaign_path(language) + one for one in PUBLIC)
    for path in ("/", f"/{language}/trust/", "/verify/", *pages, *places):
        page.goto(path)
        if found := page.evaluate(TOO_SMALL, STANDING):
            small[path] = found
    assert small == {}


def test_bars_keep_their_filling_where_the_system_sets_the_colours(open_page: Callable[..., Page]) -> None:
    page = open_page(forced_colors="active")
    page.goto(steps.campaign_path())
    look = page.evaluate("getComputedStyle(document.querySelector('.bar')).forcedColorAdjust")
    assert look == "none"


def test_headlines_whose_letters_join_are_not_squeezed(open_page: Callable[..., Page]) -> None:
    page = open_page(locale="ar")
    for path in ("", "thanks/", "lost/", "numbers/"):
        page.goto(steps.campaign_path("ar") + path)
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).letterSpacing") in {"normal", "0px"}


def test_the_form_with_problems_and_the_second_step(look: Look, open_page: Callable[..., Page], language: str) -> None:
    page = look.page
    page.goto(steps.campaign_path(language))
    steps.fill_in(page, replace(MAYA, name="", address="maya@gmial.com"))
    steps.press_sign(page)
    page.locator("[aria-invalid=true]").first.wait_for()
    look.here("form with problems")
    still = open_page(java_script_enabled=False)
    still.goto(steps.campaign_path(language))
    steps.fill_in(still, replace(MAYA, address="second.step@example.org"))
    steps.press_sign(still)
    held = still.locator("[name=held]").get_attribute("value")
    # axe is a script: bring the same page up where scripts run.
    page.goto(steps.campaign_path(language))
    page.evaluate(
        """([action, held]) => {
            const form = Object.assign(document.createElement("form"), { method: "post", action });
            form.append(Object.assign(document.createElement("input"), { name: "held", value: held }));
            document.body.append(form);
            form.submit();
        }""",
        [f"{steps.campaign_path(language)}sign", held],
    )
    page.locator(".waiting").wait_for(state="attached")
    look.here("second step")


def test_pages_behind_a_link(look: Look, links: tuple[str, str]) -> None:
    confirm, manage = links
    page = look.page
    look.at(confirm)
    page.locator("form.choice button").click()
    page.locator("#consent-wrong").wait_for()
    look.here("unticked")
    steps.confirm(page, confirm)
    page.locator("form.choice").wait_for(state="detached")
    look.here("confirmed")
    page.locator(".receipt a[download]").wait_for(timeout=30_000)
    look.here("receipt, where the page waited for it")
    look.at(confirm)
    look.at(manage)
    page.locator("form[action$=withdraw] button").click()
    page.locator("#sure-wrong").wait_for()
    look.here("unsure")
    page.locator("[name=sure]").check()
    page.locator("form[action$=withdraw] button").click()
    page.locator("form[action$=withdraw]").wait_for(state="detached")
    look.here("withdrawn")
    look.at(f"/c/{'A' * 43}")
    look.at(f"/m/{'A' * 43}")


def test_this_was_not_me_and_no_more_mail(look: Look, links: tuple[str, str]) -> None:
    confirm, _ = links
    look.page.goto(confirm)
    look.page.locator("form[action$=not-me] button").click()
    look.page.locator("form[action$=stop]").wait_for()
    look.here("disowned")
    look.page.locator("form[action$=stop] button").click()
    look.page.locator("form[action$=stop]").wait_for(state="detached")
    look.here("stopped")


def test_the_desk(look: Look) -> None:
    look.at("/desk/account/login/")
    steps.sign_in_at_desk(look.page)
    for page in DESK:
        look.at(f"/desk/{page}")


@pytest.fixture
def vault_locked(look: Look) -> Iterator[str]:
    """Return where the campaign's desk is; the vault is locked again afterwards."""
    place = f"/desk/campaign/{SLUG}/"
    yield place
    look.page.goto(f"{place}vault/")
    if (button := look.page.locator(".unlocked button")).count():
        button.first.click()


def test_the_opened_vault(look: Look, links: tuple[str, str], vault_locked: str) -> None:
    page, place = look.page, vault_locked
    steps.confirm(page, links[0])
    steps.sign_in_at_desk(page)
    for name in ("vault/", "write/", "write/new/", "audits/"):
        look.at(f"{place}{name}")
    page.goto(f"{place}vault/")
    page.locator("[name=passphrase]").fill(PASSPHRASE)
    page.locator("main form button").click()
    page.locator(".unlocked").wait_for()
    for name in ("vault/", "signatories/", "signatories/file/"):
        look.at(f"{place}{name}")
    page.goto(f"{place}signatories/")
    page.locator("[name=query]").fill(PILAR.name)
    page.locator("form[method=post]:has([name=query]) button").click()
    page.locator("[data-again=done] .table button").first.wait_for(timeout=30_000)
    look.here("found")
    page.locator(".table button").first.click()
    page.locator("[name=reason]").wait_for()
    look.here("one signatory")
    page.goto(f"{place}write/new/")
    page.locator("[name='words.en.subject']").fill("News")
    page.locator("[name='words.en.body']").fill("We **meet**.")
    page.locator(".actions-end button").click()
    page.locator("[value=test]").wait_for()
    look.here("a letter")
    page.goto(f"{place}audits/")
    page.locator("main form .actions button").click()
    page.locator("code").first.wait_for()
    look.here("an audit")
