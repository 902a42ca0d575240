"""Maya says that she comes to a rally in Kassel: by mail, without an account, with and without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.axe import violations
from tests.cast import MAYA, OTTO, Person
from tests.running.coming import put_up_dates
from tests.running.mailbox import Mailbox, link_in, plain_text
from tests.running.server import SLUG, Server
from tests.running.visitor import Visitor

pytestmark = pytest.mark.browser

PAGE = f"/en/{SLUG}/rallies/kassel/"
SMALL = f"/en/{SLUG}/rallies/lisbon/"
OWN = f"/en/{SLUG}/rallies/porto/"


@pytest.fixture(scope="module")
def running_server(make_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Return a server of this file's own, with rallies."""
    server = make_server(tmp_path_factory.mktemp("coming"), TOCSIN_SECOND_STEP_SECONDS="3")
    put_up_dates(server)
    return server


@pytest.fixture
def maya(newcomer: Callable[..., Person]) -> Person:
    return newcomer(MAYA)


@pytest.fixture
def otto(newcomer: Callable[..., Person]) -> Person:
    return newcomer(OTTO)


def fill_in(page: Page, person: Person, *, guests: str = "0", needs: str = "") -> None:
    form = page.locator("form[data-come]")
    form.locator("[name=email]").fill(person.address)
    form.locator("[name=guests]").select_option(guests)
    if needs:
        form.locator("summary").click()
        form.locator("[name=name]").fill(person.name)
        form.locator("[name=needs]").fill(needs)


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def come(page: Page, mailbox: Mailbox, person: Person, path: str, *, guests: str = "0") -> str:
    """Say that `person` comes, open the link in the mail, press the button; return the link."""
    page.goto(path)
    fill_in(page, person, guests=guests)
    page.locator("form[data-come] button.button").click()
    page.wait_for_url("**/thanks/", timeout=30_000)
    link = link_in(mailbox.wait_for(person.address), "r")
    page.goto(link)
    page.locator("form.choice [name=consent]").check()
    page.locator("form.choice button").click()
    return link


def test_maya_comes_and_the_page_counts_her(
    open_page: Callable[..., Page], mailbox: Mailbox, maya: Person, visitor: Visitor
) -> None:
    page = open_page()
    page.goto(OWN)
    fill_in(page, maya, guests="2", needs="A place to sit")
    page.locator("form[data-come] button.button").click()
    page.wait_for_url("**/thanks/", timeout=30_000)
    assert heading(page) == "Now look in your mail"

    link = link_in(mailbox.wait_for(maya.address), "r")
    page.goto(link)
    assert heading(page) == "Say that you come"
    page.locator("form.choice [name=consent]").check()
    page.locator("form.choice button").click()
    assert heading(page) == "You are coming"
    expect(page.locator("main")).to_contain_text("3 people are coming")

    seen = visitor.get(OWN.replace("/en/", "/es/")).text  # nobody has asked for that page yet
    assert re.search(r'come__count">\D*3\D', seen)

    mail = mailbox.wait_for(maya.address, 2)
    assert [part.get_content_type() for part in mail.iter_attachments()] == ["text/calendar"]
    assert "Places kept for you and those you bring: 3" in plain_text(mail)
    assert mail["List-Unsubscribe"] == f"<{visitor.server.url}{link}/give-up>"

    page.locator("[name=guests]").select_option("0")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(page.locator("[name=needs]")).to_have_value("A place to sit")

    calendar = visitor.get(f"{link}/going.ics")
    assert (calendar.header("content-type") or "").startswith("text/calendar")
    assert "BEGIN:VEVENT" in calendar.text

    page.get_by_role("button", name="Give up my place").click()
    assert heading(page) == "You are not coming"
    assert maya.address not in page.content()


def test_without_javascript_she_waits_a_moment_and_nothing_is_lost(
    open_page: Callable[..., Page], mailbox: Mailbox, maya: Person
) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(PAGE)
    fill_in(page, maya, guests="1")
    page.locator("form[data-come] [name=email]").fill("maya at example")
    page.locator("form[data-come] button.button").click()
    expect(page.locator("#come-email-wrong")).to_contain_text("It needs the form name@example.org.")
    expect(page.locator("[name=guests]")).to_have_value("1")
    page.locator("form[data-come] [name=email]").fill(maya.address)
    page.locator("form[data-come] button.button").click()
    assert heading(page) == "One more step"
    page.wait_for_timeout(3_500)
    page.locator("main form button").click()
    page.wait_for_url("**/thanks/")
    page.goto(link_in(mailbox.wait_for(maya.address), "r"))
    page.locator("form.choice [name=consent]").check()
    page.locator("form.choice button").click()
    assert heading(page) == "You are coming"


def test_where_all_places_are_taken_otto_waits_and_gets_mayas(
    open_page: Callable[..., Page], mailbox: Mailbox, maya: Person, otto: Person
) -> None:
    hers, his = open_page(), open_page()
    come(hers, mailbox, maya, SMALL, guests="1")
    link = come(his, mailbox, otto, SMALL)
    assert heading(his) == "You are on the waiting list"
    expect(his.locator("main")).to_contain_text("You are the next.")

    hers.get_by_role("button", name="Give up my place").click()
    assert heading(hers) == "You are not coming"
    promoted = mailbox.wait_for(otto.address, 3)
    assert promoted["Subject"].startswith("There is a place for you now")
    his.goto(link)
    assert heading(his) == "You are coming"


@pytest.mark.any_database
def test_axe_finds_nothing_on_her_pages(
    open_page: Callable[..., Page], mailbox: Mailbox, visitor: Visitor, newcomer: Callable[..., Person]
) -> None:
    for scheme in ("light", "dark"):
        person = newcomer(MAYA)
        page = open_page(bypass_csp=True, color_scheme=scheme)
        page.goto(PAGE)
        page.locator("form[data-come] summary").click()
        assert violations(page) == []
        page.locator("form[data-come] [name=email]").fill("x")
        page.locator("form[data-come] button.button").click()
        page.locator("#come-email-wrong").wait_for(timeout=30_000)
        assert violations(page) == []
        page.locator("form[data-come] [name=email]").fill(person.address)
        page.locator("form[data-come] button.button").click()
        page.wait_for_url("**/thanks/", timeout=30_000)
        assert violations(page) == []
        page.goto(link_in(mailbox.wait_for(person.address), "r"))
        assert violations(page) == []
        page.locator("form.choice [name=consent]").check()
        page.locator("form.choice button").click()
        assert heading(page) == "You are coming"
        assert violations(page) == []
        page.get_by_role("button", name="Give up my place").click()
        assert violations(page) == []
    page.goto(f"/r/{'A' * 43}")
    assert heading(page) == "This date is over, or the link is cut off"
    assert violations(page) == []
