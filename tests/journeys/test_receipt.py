"""Maya signs, waits for her receipt, keeps it, and checks it with the network off."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cast import MAYA, OTTO, Person
from tests.journeys import steps
from tests.running.mailbox import Mailbox, link_in
from tests.running.server import SLUG
from tests.running.visitor import Visitor

pytestmark = pytest.mark.browser
SECONDS = 30_000  # the log publishes every second; a busy machine may be slow


class Mail(NamedTuple):
    """Somebody who has signed, and the links in their mail."""

    address: str
    link: str
    manage: str


Sign = Callable[..., Mail]


@pytest.fixture
def sign(visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person]) -> Sign:
    """Return how somebody new signs and gets their mail."""

    def made(who: Person = MAYA, language: str = "en") -> Mail:
        person = newcomer(who, language=language)
        Visitor(visitor.server, language=language).sign(person)
        mail = mailbox.wait_for(person.address)
        return Mail(person.address, link_in(mail, "c"), link_in(mail, "m"))

    return made


def keep(page: Page, folder: Path) -> Path:
    """Press "Download receipt"; return the file."""
    with page.expect_download() as download:
        page.locator(".receipt a[download]").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def enter(page: Page, *, receipt: Path, secret: str, address: str) -> None:
    page.locator("#file").set_input_files(receipt)
    expect(page.locator("#receipt")).not_to_have_value("")
    page.locator("#secret").fill(secret)
    page.locator("#address").fill(address)
    page.locator("form button").click()
    page.locator("#verdict").wait_for()


def test_maya_waits_keeps_her_receipt_and_checks_it_offline(
    open_page: Callable[..., Page], browser: Browser, sign: Sign, tmp_path: Path
) -> None:
    page = open_page(accept_downloads=True)
    maya = sign()
    steps.confirm(page, maya.link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. You have signed.")
    expect(page.get_by_role("heading", name="Your receipt", exact=True)).to_be_visible(timeout=SECONDS)
    assert re.search(r"it is entry [\d,]+ of the public log", page.locator(".receipt").inner_text())
    code = page.locator(".receipt code").inner_text()
    receipt = keep(page, tmp_path)
    assert receipt.name == f"{SLUG}.tlog-proof"

    # What she saves is what the server serves: the whole checker in one file.
    page.locator(".receipt .onward a").click()
    page.wait_for_url("**/verify/#en")
    with page.expect_download() as download:
        page.locator("#save a").click()
    saved = tmp_path / "saved.html"
    download.value.save_as(saved)

    offline = browser.new_context(offline=True)
    asked: list[str] = []
    offline.on("request", lambda request: asked.append(request.url))
    checker = offline.new_page()
    checker.goto(saved.as_uri())
    verdict = checker.locator("#verdict")
    for secret in (code, maya.link):
        enter(checker, receipt=receipt, secret=secret, address=maya.address)
        expect(verdict).to_have_class("proven")
    expect(verdict).to_contain_text(SLUG)
    for secret, address in ((code, OTTO.address), ("A" * 43, maya.address)):
        enter(checker, receipt=receipt, secret=secret, address=address)
        expect(verdict).to_have_class("refused")
        expect(checker.locator("[data-check=inclusion]")).to_contain_text("There is no such entry at this place")
    cut = tmp_path / "cut.tlog-proof"
    cut.write_text(re.sub(r"(\nindex \d+\n)[^\n]+\n", r"\1", receipt.read_text(encoding="utf-8")), encoding="utf-8")
    enter(checker, receipt=cut, secret=code, address=maya.address)
    expect(checker.locator("[data-check=inclusion]")).to_contain_text("there are hashes missing")
    assert asked == [saved.as_uri()]
    offline.close()


def test_somebody_elses_receipt_does_not_prove_hers(
    open_page: Callable[..., Page], visitor: Visitor, sign: Sign, tmp_path: Path
) -> None:
    maya, otto = sign(), sign(OTTO)
    for one in (maya, otto):
        visitor.confirm(one.link)
    page = open_page(accept_downloads=True)
    page.goto(otto.link)
    page.locator(".receipt a[download]").wait_for(timeout=SECONDS)
    receipt = keep(page, tmp_path)
    page.goto("/verify/#en")
    enter(page, receipt=receipt, secret=maya.link, address=maya.address)
    expect(page.locator("#verdict")).to_have_class("refused")
    enter(page, receipt=receipt, secret=otto.link, address=otto.address)
    expect(page.locator("#verdict")).to_have_class("proven")


def test_without_javascript_the_page_says_when_to_come_back(
    open_page: Callable[..., Page], sign: Sign, tmp_path: Path
) -> None:
    page = open_page(java_script_enabled=False, accept_downloads=True)
    steps.confirm(page, sign().link)
    expect(page.get_by_role("heading", name="Your receipt is coming")).to_be_visible()
    look = page.locator("[data-receipt-look] a")
    for _ in range(30):
        if not look.count():
            break
        look.click()
        page.wait_for_timeout(1_000)
    assert keep(page, tmp_path).read_text(encoding="utf-8").startswith("c2sp.org/tlog-proof@v1\n")
    page.goto("/verify/")
    expect(page.locator("form")).to_be_hidden()
    expect(page.locator("noscript .notice", has_text="tocsin verify")).to_be_visible()


def test_after_withdrawing_there_is_no_receipt_but_an_entry_that_says_so(
    open_page: Callable[..., Page], visitor: Visitor, sign: Sign
) -> None:
    maya = sign()
    page = open_page()
    steps.confirm(page, maya.link)
    page.locator(".receipt a[download]").wait_for(timeout=SECONDS)
    index = re.search(r"entry ([\d,]+)", page.locator(".receipt").inner_text())
    assert index
    visitor.ask("POST", f"{maya.manage}/withdraw", {"sure": "yes"})
    page.goto(maya.link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your signature is withdrawn")
    expect(page.locator("main")).to_contain_text(f"It was entry {index[1]} of the public log.")


def test_the_receipt_in_arabic_runs_from_right_to_left(open_page: Callable[..., Page], sign: Sign) -> None:
    page = open_page(locale="ar")
    steps.confirm(page, sign(language="ar").link)
    page.locator(".receipt a[download]").wait_for(timeout=SECONDS)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert "Your receipt" not in page.locator(".receipt").inner_text()
    page.locator(".receipt .onward a").click()
    page.wait_for_url("**/verify/#ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.locator("#secret").evaluate("element => getComputedStyle(element).direction") == "ltr"


def test_the_numbers_page_shows_the_log_that_vouches_for_it(
    open_page: Callable[..., Page], visitor: Visitor, sign: Sign
) -> None:
    visitor.confirm(sign().link)
    visitor.settled()
    page = open_page()
    page.goto(steps.campaign_path())
    page.locator(".tally a").click()
    page.wait_for_url(f"**/en/{SLUG}/numbers/")
    vkey = visitor.get("/tally/vkey").text.split()[0]
    expect(page.locator(".log .command code")).to_have_text(vkey)
    size = int(page.locator(".log__text").inner_text().split("\n")[1])
    assert size >= 1
    expect(page.locator(".growth__line")).to_be_attached()
    page.goto("/verify/")
    expect(page.locator("#keys")).to_have_value(vkey)
