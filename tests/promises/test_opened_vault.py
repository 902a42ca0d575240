"""After the vault was opened, searched, exported and written from, nothing on the server names anybody."""

import http.client
import re
import secrets
import sqlite3 as embedded
import time
from collections.abc import Callable
from dataclasses import replace
from http.cookies import SimpleCookie
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.cast import MAYA, Person
from tests.promises.spellings import found_in
from tests.running.mailbox import Mailbox, link_in
from tests.running.server import NOOR, PASSPHRASE, PASSWORD, SLUG, Server
from tests.running.visitor import Answer, Visitor

CAMPAIGN = f"/desk/campaign/{SLUG}/"
PEOPLE = 4
# A worker that is killed may repeat the one mail that is on each of its lines to the mail server.
LINES = 4
SECONDS = 60.0


class Desk:
    """Noor at the desk, without a browser: cookies kept, forms sent with their token."""

    def __init__(self, server: Server) -> None:
        self._visitor = Visitor(server)
        self._cookies = SimpleCookie()
        self.get("/desk/account/login/")
        self.post("/desk/account/login/", login=NOOR, password=PASSWORD)

    def get(self, path: str) -> Answer:
        """Return a page."""
        return self._keep(self._visitor.get(path, Cookie=self._sent()))

    def post(self, path: str, **form: str) -> Answer:
        """Return what follows a form."""
        token = {"csrfmiddlewaretoken": self._cookies["csrftoken"].value}
        return self._keep(self._visitor.ask("POST", path, {**form, **token}, Cookie=self._sent()))

    def wait_for(self, path: str, words: str) -> str:
        """Return the page as soon as it says `words`."""
        deadline = time.monotonic() + SECONDS
        while words not in (page := self.get(path).text):
            assert time.monotonic() < deadline, f"{path} never said {words!r}"
            time.sleep(0.1)
        return page

    def _sent(self) -> str:
        return "; ".join(f"{name}={one.value}" for name, one in self._cookies.items())

    def _keep(self, answer: Answer) -> Answer:
        for name, value in answer.headers:
            if name == "set-cookie":
                self._cookies.load(value)
        return answer


@pytest.fixture
def server(searched: Callable[..., Server]) -> Server:
    return searched(TOCSIN_NETWORK_RATE="100000", TOCSIN_DOMAIN_RATE="100000")


def canaries(server: Server, mailbox: Mailbox) -> list[Person]:
    """Let people sign and confirm whose every field can be told from all others'."""
    visitor, people = Visitor(server), []
    for _ in range(PEOPLE):
        mark = f"opened{secrets.token_hex(5)}"
        person = replace(MAYA, name=f"Canàry {mark}", address=f"{mark}@canary.example.org", place=f"Käfig {mark}")
        visitor.sign(person, keep_informed="yes")
        visitor.confirm(link_in(mailbox.wait_for(person.address), "c"))
        people.append(person)
    assert visitor.wait_for_count(PEOPLE) == PEOPLE
    return people


def look_up_and_export(desk: Desk, people: list[Person]) -> None:
    desk.post(f"{CAMPAIGN}signatories/", query=people[0].name)
    page = desk.wait_for(f"{CAMPAIGN}signatories/found/", "Done")
    assert (people[0].address in page, people[1].address in page) == (True, False)
    desk.post(f"{CAMPAIGN}signatories/file/", act="csv")
    desk.wait_for(f"{CAMPAIGN}signatories/file/", "Fetch file 1")
    file = desk.post(f"{CAMPAIGN}signatories/file/", act="0").text
    assert all(person.address in file for person in people)


def write_to_all(desk: Desk, server: Server, mailbox: Mailbox, people: list[Person]) -> None:
    """Send a circular, killing the worker on its way."""
    saved = desk.post(
        f"{CAMPAIGN}write/new/", **{"words.en.subject": "News", "words.en.body": "**We** meet the minister."}
    )
    address = saved.header("location") or ""
    desk.post(address, act="test")
    mailbox.wait_for(NOOR)
    desk.post(address, act="send")
    mailbox_waits(lambda: sum(len(mailbox.letters(person.address)) > 1 for person in people) >= 1)
    server.kill("work")
    desk.wait_for(address, 'badge">sent')
    times = [len(mailbox.letters(person.address)) - 1 for person in people]
    assert min(times) == 1
    assert sum(times) - PEOPLE <= LINES


def mailbox_waits(is_there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_there():
        assert time.monotonic() < deadline, "no mail came"
        time.sleep(0.01)


def test_nothing_anywhere_names_anybody_after_the_vault_was_open(
    server: Server, mailbox: Mailbox, tmp_path: Path, cluster: postgres.Cluster | None
) -> None:
    people = canaries(server, mailbox)
    desk = Desk(server)
    desk.post(f"{CAMPAIGN}vault/", passphrase=PASSPHRASE)
    assert people[0].address in desk.get(f"{CAMPAIGN}signatories/").text
    look_up_and_export(desk, people)
    write_to_all(desk, server, mailbox, people)
    assert waiting_letters(tmp_path, cluster) == 0
    server.kill()  # with the vault still open, journals as they are
    named = [words for person in people for words in (person.name, person.address, person.place)]
    places = [tmp_path, *([cluster.home] if cluster else [])]
    assert found_in(places, named) == []
    server.start()
    assert desk.get(f"{CAMPAIGN}signatories/").status != http.client.OK  # the key went with the process that held it


def test_a_web_process_that_dies_locks_nothing(
    server: Server, mailbox: Mailbox, newcomer: Callable[..., Person]
) -> None:
    maya = newcomer()
    visitor = Visitor(server)
    visitor.sign(maya)
    visitor.confirm(link_in(mailbox.wait_for(maya.address), "c"))
    desk = Desk(server)
    desk.post(f"{CAMPAIGN}vault/", passphrase=PASSPHRASE)
    server.kill("web")
    server.wait_until_ready()
    assert re.search(maya.address, desk.get(f"{CAMPAIGN}signatories/").text)
    desk.post("/desk/account/logout/")
    assert desk.get(f"{CAMPAIGN}signatories/").status == http.client.FOUND


def waiting_letters(folder: Path, cluster: postgres.Cluster | None) -> int:
    """Return how many letters the database still holds."""
    question = "SELECT id FROM outbox_letter"
    if cluster:
        with psycopg.connect(f"{cluster.url}/postgres") as other:
            return len(other.execute(question).fetchall())
    connection = embedded.connect(f"file:{folder}/data/tocsin.sqlite3?mode=ro", uri=True)
    try:
        return len(connection.execute(question).fetchall())
    finally:
        connection.close()
