"""After a full run, failures included, no name, address or token lies anywhere on the server.

People with unmistakable names do everything that can be done and everything that can go wrong.
Then the server is cut off in mid-life, and every file it ever wrote is searched.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.cast import MAYA, Person
from tests.promises.spellings import found_in
from tests.running.coming import put_up_dates
from tests.running.databases import Database
from tests.running.mailbox import Mailbox, link_in
from tests.running.server import SLUG, Server
from tests.running.visitor import Visitor

REASON = "canary reason {}, quite unlike any other"


def canary(word: str) -> Person:
    """Return somebody whose every field can be told from everybody else's."""
    mark = f"{word}{secrets.token_hex(5)}"
    return replace(MAYA, name=f"Canàry {mark} Zwitscher", address=f"{mark}@canary.example.org", place=f"Käfig {mark}")


class Run:
    """A server, its people, and what must not be found."""

    def __init__(self, server: Server, mailbox: Mailbox) -> None:
        self.server = server
        self.mailbox = mailbox
        self.visitor = Visitor(server, address="203.0.113.77")
        self.secrets: list[str] = ["203.0.113.77"]

    def person(self, word: str) -> Person:
        """Return a new canary, and remember it."""
        one = canary(word)
        self.secrets += [one.name, one.address, one.place, REASON.format(one.name)]
        return one

    def sign(self, person: Person, **more: str) -> HTTPStatus:
        """Sign with every field filled in, the name not to be shown."""
        return HTTPStatus(self.visitor.sign(person, reason=REASON.format(person.name), **more).status)

    def links(self, person: Person, count: int = 1) -> tuple[str, str]:
        """Return the links of somebody's mail, and remember their tokens."""
        mail = self.mailbox.wait_for(person.address, count)
        confirm, manage = link_in(mail, "c"), link_in(mail, "m")
        stop = mail["List-Unsubscribe"].rpartition("/stop")[0].rpartition("/")[2]
        self.secrets += [confirm.removeprefix("/c/"), manage.removeprefix("/m/"), stop]
        return confirm, manage


def go_the_whole_way(run: Run) -> None:
    """Sign, confirm, be counted; sign again; lose the mail; withdraw; say that it was somebody else."""
    visitor = run.visitor
    stays, leaves, denies, waits = (run.person(word) for word in ("stays", "leaves", "denies", "waits"))
    for person in (stays, leaves, denies, waits):
        assert run.sign(person) == HTTPStatus.SEE_OTHER
    for person in (stays, leaves):
        visitor.confirm(run.links(person)[0])
    assert visitor.wait_for_count(2) == 2
    visitor.ask("POST", f"{run.links(leaves)[1]}/withdraw", {"sure": "yes"})
    visitor.ask("POST", f"{run.links(stays)[1]}/mine", {})
    visitor.ask("POST", f"{run.links(denies)[0]}/not-me", {})
    run.links(waits)
    run.sign(stays)
    run.mailbox.wait_for(stays.address, count=2)
    visitor.ask("POST", f"{visitor.page}lost/", {"email": waits.address})
    run.mailbox.wait_for(waits.address, count=2)
    assert visitor.wait_for_count(1) == 1


def come_to_a_rally(run: Run) -> None:
    """Say that one comes; confirm, change, wait in line, be promoted, take the data along, give up; type nonsense."""
    put_up_dates(run.server)
    visitor, page = run.visitor, f"/en/{SLUG}/rallies/lisbon/"
    form = visitor.get(page)
    post = re.search(r'action="([^"]+/rsvp)"', form.text)
    assert post
    people = [run.person(word) for word in ("comes", "waits", "never", "oddly")]
    for at, person in enumerate(people):
        typed = {"email": person.address, "name": person.name, "needs": REASON.format(person.name), "guests": "1"}
        odd = {"email": f"{person.address} oops"} if at == len(people) - 1 else {}
        visitor.ask("POST", post[1], {"shown": form.hidden("shown"), "altcha": visitor.proof()} | typed | odd)
    links = [link_in(run.mailbox.wait_for(person.address), "r") for person in people[:-1]]
    run.secrets += [link.removeprefix("/r/") for link in links]
    for link in links[:2]:
        assert visitor.ask("POST", link, {"consent": "yes"}).status == HTTPStatus.OK
    needs = REASON.format(people[0].name)
    for verb in ("change", "mine", "give-up"):
        visitor.ask("POST", f"{links[0]}/{verb}", {"guests": "0", "needs": needs})
    assert "You are coming" in visitor.get(links[1]).text
    visitor.get(f"{links[1]}/going.ics")
    visitor.get(f"{links[1]}/{people[1].address}")
    run.mailbox.wait_for(people[1].address, count=3)


def go_wrong(run: Run) -> None:
    """Type nonsense, wait for the second step, be held, meet a mail server that refuses, post from elsewhere."""
    visitor, page = run.visitor, run.visitor.page
    wrong = run.person("wrong")
    visitor.ask("POST", f"{page}sign", visitor.form(wrong, email=f"{wrong.address} oops", altcha="bm9uc2Vuc2U="))
    visitor.ask("POST", f"{page}sign", visitor.form(run.person("step")))
    held = run.person("held")
    run.sign(replace(held, address=held.address.replace("canary.example.org", "mailinator.com")))
    bounced, deferred = run.person("bounced"), run.person("deferred")
    run.mailbox.refuse(bounced.address, f"550 5.1.1 <{bounced.address}> no such mailbox")
    run.mailbox.refuse(deferred.address, f"451 4.7.1 <{deferred.address}> try later")
    run.sign(bounced)
    run.sign(deferred)
    stray = run.person("stray")
    visitor.ask("POST", f"{page}sign", {"email": stray.address}, Origin="https://evil.example")
    visitor.ask("POST", f"{page}sign", {"name": stray.name * 4000})
    visitor.ask("POST", f"/en/{stray.address}/sign", {"email": stray.address})
    visitor.get(f"/en/{SLUG}/?email={stray.address}", User_Agent=stray.address, Referer=f"http://x/{stray.address}")
    visitor.get(f"/{stray.address}")
    visitor.get(f"/c/{stray.address}")
    # Up to here the lane answers; these two come to Django, whose loggers would tell of a path.
    visitor.get(f"/desk/{stray.address}")
    visitor.ask("POST", f"/desk/account/password/reset/key/1-{stray.address}/", {}, Origin="https://evil.example")
    visitor.ask("POST", "/desk/account/login/", {"login": stray.address, "password": stray.address})
    visitor.wait_quietly()


def fail_inside(run: Run, database: Database) -> None:
    """Let the database refuse in the middle of taking, confirming and withdrawing: a 500 must not tell either."""
    unlucky, late = run.person("unlucky"), run.person("late")
    run.sign(late)
    confirm, manage = run.links(late)
    for table, act in (
        ("signing_pendingsignature", lambda: run.sign(unlucky)),
        ("outbox_letter", lambda: run.sign(unlucky)),
        ("signing_signature", lambda: run.visitor.ask("POST", confirm, {"consent": "yes"}).status),
        ("signing_tombstone", lambda: run.visitor.ask("POST", f"{manage}/withdraw", {"sure": "yes"}).status),
    ):
        with database.without(table):
            assert act() >= HTTPStatus.INTERNAL_SERVER_ERROR


@pytest.fixture
def run(searched: Callable[..., Server], mailbox: Mailbox) -> Run:
    return Run(searched(TOCSIN_TRUSTED_PROXIES="127.0.0.1/32"), mailbox)


def test_nothing_anywhere_names_anybody(run: Run, tmp_path: Path, cluster: postgres.Cluster | None) -> None:
    database = Database(cluster.url if cluster else "", tmp_path)
    go_the_whole_way(run)
    come_to_a_rally(run)
    go_wrong(run)
    fail_inside(run, database)
    run.server.kill()  # journals stay as they are, as after a power cut

    places = [tmp_path, *([cluster.home] if cluster else [])]
    assert found_in(places, [SLUG, "Bring back the night trains"])  # the search does read the database
    assert found_in(places, run.secrets) == []
    run.server.start()
    run.server.stop()
    assert found_in(places, run.secrets) == []


def test_the_search_would_see_a_shown_name(run: Run, tmp_path: Path, cluster: postgres.Cluster | None) -> None:
    shown = run.person("shown")
    run.sign(shown, show_name="yes")
    run.visitor.confirm(run.links(shown)[0])
    run.visitor.wait_for_count(1)
    run.server.stop()
    if cluster:
        with psycopg.connect(f"{cluster.url}/postgres", autocommit=True) as connection:
            connection.execute("CHECKPOINT")
    assert found_in([tmp_path, *([cluster.home] if cluster else [])], [shown.name])
