"""Otto holds a rally in Kassel without an account: announced, confirmed by mail, live by its link, his to change."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.axe import in_both_looks, violations
from tests.cast import MAYA, OTTO, Person
from tests.running.mailbox import Mailbox, link_in, plain_text
from tests.running.server import SLUG, Server
from tests.running.visitor import Visitor

pytestmark = pytest.mark.browser
SOON = (datetime.now(UTC).date() + timedelta(days=40)).isoformat()
ARABIC = "أوتو برانت"
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"


@pytest.fixture(scope="module")
def running_server(make_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Return a server of this file's own, whose second step is short."""
    return make_server(tmp_path_factory.mktemp("hosting"), TOCSIN_SECOND_STEP_SECONDS="3")


@pytest.fixture
def otto(newcomer: Callable[..., Person]) -> Person:
    return newcomer(OTTO)


@pytest.fixture
def maya(newcomer: Callable[..., Person]) -> Person:
    return newcomer(MAYA)


def fill_in(page: Page, host: Person, *, town: str = "Kassel") -> None:
    """Type what a host types; the town last, so that its list is not in the way of anything."""
    typed = {"place": "Königsplatz", "date": SOON, "time": "12:30", "name": host.name, "email": host.address}
    for name, value in typed.items():
        page.locator(f"form.host [name={name}]").fill(value)
    page.locator("form.host [name=consent]").check()
    page.locator("form.host [name=town]").fill(town)


def announce(page: Page, host: Person, language: str = "en", *, town: str = "Kassel") -> None:
    """Announce a rally with a browser that runs scripts."""
    page.goto(f"/{language}/{SLUG}/host/")
    fill_in(page, host, town=town)
    page.locator("[data-town-list] li").first.wait_for()
    page.locator("form.host [name=town]").press("Enter")
    page.locator("form.host button.button").click()
    page.wait_for_url(f"**/{language}/{SLUG}/host/thanks/", timeout=30_000)


def test_from_nothing_to_a_live_page_and_a_cancelled_date(
    open_page: Callable[..., Page], mailbox: Mailbox, visitor: Visitor, otto: Person
) -> None:
    page = open_page()
    announce(page, otto, town="Fulda")  # nobody else's here: its page must not be there yet
    mail = mailbox.wait_for(otto.address)
    assert "Königsplatz, Fulda, Germany" in plain_text(mail)
    link = link_in(mail, "h")

    for _ in range(3):  # a mail scanner opens it, too
        page.goto(link, wait_until="networkidle")
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your rally")
    public = f"/en/{SLUG}/rallies/fulda/"
    assert visitor.get(public).status == 404
    page.locator("form.choice [name=consent]").check()
    page.locator("form.choice button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fulda")
    expect(page.locator("main")).to_contain_text("waits for a look from the campaign's team")

    page.locator(f"a[href$='{public}']").click()
    expect(page.locator("main")).to_contain_text("12:30")
    expect(page.locator("main")).not_to_contain_text(otto.name)
    assert otto.address not in page.content()

    page.goto(link)
    page.locator(".plan__when a").click()
    page.get_by_text("Cancel it").click()
    page.locator("#cancel-note").fill("A storm is coming.")
    page.get_by_role("button", name="Cancel this date").click()
    expect(page.get_by_role("status")).to_contain_text("Cancelled. Everybody who comes gets a mail.")
    expect(page.locator(".plan__date--off")).to_have_count(1)


def test_without_javascript_and_with_a_town_to_choose(
    open_page: Callable[..., Page], mailbox: Mailbox, otto: Person
) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"/en/{SLUG}/host/")
    fill_in(page, otto, town="Springfield")
    page.locator("form.host button.button").click()
    expect(page.locator("[role=alert]")).to_contain_text("There are several towns of this name")
    expect(page.locator("[name=place]")).to_have_value("Königsplatz")
    page.get_by_label("Springfield, Illinois, United States").check()
    page.locator("form.host button.button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.wait_for_timeout(3_500)
    page.locator("main form button").click()
    page.wait_for_url(f"**/en/{SLUG}/host/thanks/")

    page.goto(link_in(mailbox.wait_for(otto.address), "h"))
    expect(page.locator(".facts")).to_contain_text("America/Chicago")
    page.locator("form.choice [name=consent]").check()
    page.locator("form.choice button").click()
    expect(page.locator("main")).to_contain_text("Live by its link")


def test_from_right_to_left(open_page: Callable[..., Page], mailbox: Mailbox, newcomer: Callable[..., Person]) -> None:
    host = newcomer(OTTO, name=ARABIC, language="ar")
    page = open_page(locale="ar")
    announce(page, host, "ar")
    mail = mailbox.wait_for(host.address)
    assert ARABIC in plain_text(mail)
    page.goto(link_in(mail, "h"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.locator("form.choice [name=consent]").check()
    page.locator("form.choice button").click()
    expect(page.locator(".plan__date")).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")


def test_another_holds_it_from_now_on(
    open_page: Callable[..., Page], mailbox: Mailbox, visitor: Visitor, otto: Person, maya: Person
) -> None:
    page = open_page()
    announce(page, otto)
    ottos = link_in(mailbox.wait_for(otto.address), "h")
    page.goto(ottos)
    page.locator("form.choice [name=consent]").check()
    page.locator("form.choice button").click()
    page.goto(f"{ottos}/team")
    form = page.locator("form", has=page.get_by_role("button", name="Ask them to take over"))
    form.locator("[name=name]").fill(maya.name)
    form.locator("[name=email]").fill(maya.address)
    form.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("on its way")
    mayas = link_in(mailbox.wait_for(maya.address), "h")
    page.goto(mayas)
    expect(page.locator("main")).to_contain_text(f"{otto.name} asks you to hold this rally from now on.")
    page.locator("form.choice [name=consent]").check()
    page.locator("form.choice button").click()
    expect(page.locator("main")).to_contain_text("You hold this rally")
    assert visitor.get(ottos).status == 404


@pytest.mark.any_database
@in_both_looks
def test_axe_finds_nothing_on_the_pages_of_hosts(
    open_page: Callable[..., Page], mailbox: Mailbox, otto: Person, theme: str, language: str
) -> None:
    page = open_page(color_scheme=theme, locale=language, reduced_motion="reduce")
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = violations(page)

    form = f"/{language}/{SLUG}/host/"
    for path in (form, f"{form}thanks/", f"{form}lost/"):
        page.goto(path)
        look(path)
    page.goto(form)
    page.evaluate(UNFOLD)
    page.locator("form.host [name=town]").fill("Springfield")
    page.locator("[data-town-list] li").first.wait_for()
    look("list of towns")
    page.locator("form.host [name=town]").press("Escape")
    page.locator("form.host button.button").click()
    page.locator("[role=alert]").wait_for(timeout=30_000)
    look("what is wrong")
    announce(page, otto, language)
    link = link_in(mailbox.wait_for(otto.address), "h")
    page.goto(link)
    look("confirm")
    page.locator("form.choice [name=consent]").check()
    page.locator("form.choice button").click()
    page.locator(".plan__date").wait_for()
    look("own")
    date = page.locator(".plan__when a").get_attribute("href")
    for path in (f"{link}/change", f"{link}/team", str(date)):
        page.goto(path)
        page.evaluate(UNFOLD)
        look(path.replace(link, ""))
    page.goto(f"/h/{'A' * 43}")
    look("void")
    assert {name: flaws for name, flaws in found.items() if flaws} == {}
