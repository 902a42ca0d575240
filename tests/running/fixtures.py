"""What journeys and promises ask for: a server, its mailbox, a visitor, a browser."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from tests import machine, postgres
from tests.cast import MAYA, Person
from tests.running.mailbox import Mailbox
from tests.running.server import Server
from tests.running.visitor import Visitor

PHONE = {"width": 390, "height": 844}
# Everybody here comes from one address and few domains: the limits are tested where they are the subject.
UNLIMITED = {"TOCSIN_NETWORK_RATE": "100000", "TOCSIN_DOMAIN_RATE": "100000", "TOCSIN_ADDRESS_RATE": "1000"}
_BROWSER_ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]


# Emptied between modules: many of them have servers of their own, and write to the same few people.
_mailboxes: list[Mailbox] = []


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """Take all mail of all servers."""
    sink = Mailbox()
    sink.start()
    _mailboxes.append(sink)
    yield sink
    sink.stop()


@pytest.fixture(scope="session")
def put_up_once(mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Return a server on which the campaign was put up, never started: others begin as its copies."""
    pristine = Server(tmp_path_factory.mktemp("pristine"), mail_port=mailbox.port, database_url=new_database())
    pristine.put_up()
    return pristine


# Those that end with the test or the module that had them made.
_made: list[Server] = []


@pytest.fixture(scope="session")
def make_server(mailbox: Mailbox, put_up_once: Server) -> Callable[..., Server]:
    """Return a maker of servers with the campaign put up; they run until whoever had them made is done."""

    def make(folder: Path, **settings: str) -> Server:
        database = new_database(put_up_once.environ["DATABASE_URL"].rpartition("/")[2])
        for part in ("data", "keys"):
            shutil.copytree(put_up_once.folder / part, folder / part, dirs_exist_ok=True)
        server = Server(folder, mail_port=mailbox.port, database_url=database, **UNLIMITED | settings)
        _made.append(server)
        server.start()
        return server

    return make


@pytest.fixture(scope="module", autouse=True)
def _end_servers_of_the_module() -> Iterator[None]:
    before = len(_made)
    yield
    _end_servers(before)
    for mailbox in _mailboxes:
        mailbox.empty()


# What the module shares is set up before this, as its scope is wider.
@pytest.fixture(autouse=True)
def _end_servers_of_the_test() -> Iterator[None]:
    before = len(_made)
    yield
    _end_servers(before)


def _end_servers(kept: int) -> None:
    """End all but the first `kept`: dozens that wait for nothing would slow down every test after them."""
    for server in _made[kept:]:
        server.kill()
    del _made[kept:]


def new_database(template: str = "") -> str:
    """Return an empty database of the kind under test, or a copy of `template`, as DATABASE_URL wants it."""
    if not postgres.is_wanted():
        return ""
    address = os.environ["TOCSIN_TEST_CLUSTER"]
    name = f"server_{secrets.token_hex(4)}"
    with psycopg.connect(f"postgres://tocsin@{address}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template1"}"'.encode())
    return f"postgres://tocsin@{address}/{name}"


@pytest.fixture(scope="session")
def running_server(make_server: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return the server that most tests share; they sign as people of their own."""
    server = make_server(tmp_path_factory.mktemp("server"))
    _made.remove(server)
    yield server
    server.kill()


@pytest.fixture
def visitor(running_server: Server) -> Visitor:
    """Return somebody who asks the shared server without a browser."""
    return Visitor(running_server)


@pytest.fixture
def newcomer() -> Callable[..., Person]:
    """Return a maker of people who have not signed here yet."""

    def make(person: Person = MAYA, **more: str) -> Person:
        name, _, domain = person.address.partition("@")
        return replace(person, address=f"{name}.{secrets.token_hex(4)}@{domain}", **more)

    return make


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium; for a module only, since Playwright's loop must not meet Django's tests."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=machine.chromium(), args=_BROWSER_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, running_server: Server) -> Iterator[Callable[..., Page]]:
    """Return a maker of fresh pages on a phone; any request to another host fails the test."""
    contexts: list[BrowserContext] = []
    foreign: list[str] = []
    complaints: list[str] = []

    def note(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != f"127.0.0.1:{running_server.port}":
            foreign.append(request.url)

    def make(**options: object) -> Page:
        context = browser.new_context(**{"viewport": PHONE, "base_url": running_server.url} | options)  # type: ignore[arg-type]  # Playwright's own names
        contexts.append(context)
        context.on("request", note)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert foreign == []
    assert complaints == []
