"""Mail scanners open links, run their scripts, press their buttons. None of it confirms anything."""

import http.client
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Person
from tests.running.mailbox import Mailbox, link_in
from tests.running.visitor import Visitor

OFTEN = 20


@pytest.fixture
def link(visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person]) -> str:
    maya = newcomer()
    visitor.sign(maya)
    return link_in(mailbox.wait_for(maya.address), "c")


def assert_still_to_be_confirmed(visitor: Visitor, link: str, before: int) -> None:
    assert visitor.settled()["count"] == before
    assert "Thank you. You have signed." in visitor.confirm(link).text
    assert visitor.wait_for_count(before + 1) == before + 1


def test_opening_it_without_a_browser(visitor: Visitor, link: str) -> None:
    before = visitor.settled()["count"]
    for _ in range(OFTEN):
        for method in ("GET", "HEAD", "OPTIONS"):
            visitor.ask(method, link)
        visitor.get(link, Purpose="prefetch", Sec_Purpose="prefetch;prerender")
    assert_still_to_be_confirmed(visitor, link, before)


@pytest.mark.browser
@pytest.mark.any_database
def test_opening_it_in_a_browser_that_runs_scripts(open_page: Callable[..., Page], visitor: Visitor, link: str) -> None:
    before = visitor.settled()["count"]
    page = open_page()
    for _ in range(OFTEN):
        page.goto(link, wait_until="networkidle")
    expect(page.locator("input[name=consent]")).not_to_be_checked()
    assert_still_to_be_confirmed(visitor, link, before)


def test_pressing_the_button_without_the_box(visitor: Visitor, link: str) -> None:
    before = visitor.settled()["count"]
    for form in ({}, {"consent": ""}, {"consent": "no"}, {"Consent": "yes"}):
        visitor.ask("POST", link, form)
        visitor.ask("POST", f"{link}?consent=yes", form)
    assert_still_to_be_confirmed(visitor, link, before)


def test_other_methods_with_the_box(visitor: Visitor, link: str) -> None:
    before = visitor.settled()["count"]
    for method in ("PUT", "PATCH", "DELETE"):
        visitor.ask(method, link, {"consent": "yes"})
    assert_still_to_be_confirmed(visitor, link, before)


def test_a_robot_that_presses_every_button_is_held(visitor: Visitor, link: str) -> None:
    before = visitor.settled()["count"]
    visitor.ask("POST", f"{link}/not-me", {})
    visitor.ask("POST", link, {"consent": "yes"})
    visitor.ask("POST", f"{link}/not-me", {})
    assert visitor.settled()["count"] == before


def test_opening_the_link_to_manage_stops_and_withdraws_nothing(
    visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person]
) -> None:
    maya = newcomer()
    visitor.sign(maya)
    mail = mailbox.wait_for(maya.address)
    visitor.confirm(link_in(mail, "c"))
    manage = link_in(mail, "m")
    before = visitor.settled()["withdrawals"]
    for path in (manage, f"{manage}/stop", f"{manage}/withdraw", f"{manage}/name", f"{manage}/mine"):
        for method in ("GET", "HEAD", "OPTIONS"):
            visitor.ask(method, path)
    assert visitor.settled()["withdrawals"] == before
    visitor.sign(maya, name="Nils Lindqvist")
    mailbox.wait_for(maya.address, count=2)  # mail was not stopped


def test_one_click_unsubscribing_works_across_sites_and_once(
    visitor: Visitor, mailbox: Mailbox, newcomer: Callable[..., Person]
) -> None:
    maya = newcomer()
    visitor.sign(maya)
    mail = mailbox.wait_for(maya.address)
    path = mail["List-Unsubscribe"].strip("<>").removeprefix(visitor.server.url)
    connection = http.client.HTTPConnection("127.0.0.1", visitor.server.port, timeout=30)
    # RFC 8058: the mail provider posts this, from nowhere, without cookies.
    connection.request(
        "POST", path, "List-Unsubscribe=One-Click", {"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert connection.getresponse().status == 200
    connection.close()
    visitor.sign(maya)
    visitor.wait_quietly()
    assert len(mailbox.letters(maya.address)) == 1
