"""Kill the server in mid-burst: nothing that was answered is lost, and nothing counts twice."""

import http.client
import itertools
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests import postgres
from tests.cast import MAYA
from tests.running.mailbox import Mailbox, link_in
from tests.running.public_log import PublicLog, Watcher
from tests.running.server import Server
from tests.running.visitor import Visitor

PEOPLE = 6
BURST_SECONDS = 1.0
PARTS = ("web", "work", "")  # one process tree, the other, everything at once
MAIL_CONNECTIONS = 4  # of one worker; each may repeat one mail when it is killed


class Crowd:
    """People who sign and confirm as fast as they are answered, and remember every answer."""

    def __init__(self, visitor: Visitor, mailbox: Mailbox) -> None:
        self._visitor = visitor
        self._mailbox = mailbox
        self._numbers = itertools.count()
        self._waiting: deque[str] = deque()  # signed, their mail not yet opened
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.signed: set[str] = set()  # answered: look in your mail
        self.tried: set[str] = set()  # links whose button was pressed
        self.confirmed: set[str] = set()  # and answered: thank you

    def begin(self) -> None:
        """Start to sign and confirm."""
        self._stop.clear()
        self._threads = [threading.Thread(target=self._go_on) for _ in range(PEOPLE)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Stop, when the last answer is there or its connection broken."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _go_on(self) -> None:
        while not self._stop.is_set():
            address = f"maya.{next(self._numbers)}@example.org"
            try:
                self._sign(address)
                self._confirm()
            except (OSError, http.client.HTTPException, IndexError):
                time.sleep(0.05)  # the server is down: that is what we are here for

    def _sign(self, address: str) -> None:
        person = replace(MAYA, address=address)
        step = self._visitor.ask("POST", f"{self._visitor.page}sign", self._visitor.form(person))
        answer = self._visitor.ask("POST", f"{self._visitor.page}sign", {"held": step.hidden("held")})
        if answer.status == 303:
            self.signed.add(address)
            self._waiting.append(address)

    def _confirm(self) -> None:
        """Confirm for whoever signed longest ago, as soon as their mail is there."""
        address = self._waiting.popleft()
        letters = self._mailbox.letters(address)
        if not letters:
            self._waiting.append(address)
            return
        link = link_in(letters[0], "c")
        self.tried.add(link)
        answer = self._visitor.ask("POST", link, {"consent": "yes"})
        if answer.status == 200 and "Thank you. You have signed." in answer.text:
            self.confirmed.add(link)


def kill_in_mid_burst(server: Server, crowd: Crowd, rounds: int) -> None:
    """Kill a part of the server `rounds` times while the crowd is busy, and bring it back."""
    for part in itertools.islice(itertools.cycle(PARTS), rounds):
        crowd.begin()
        time.sleep(BURST_SECONDS * random.uniform(0.3, 1.0))
        server.kill(part)
        time.sleep(0.1)
        crowd.end()
        if not part:
            server.start()
        server.wait_until_ready()


def assert_nothing_is_lost(visitor: Visitor, mailbox: Mailbox, crowd: Crowd, watcher: Watcher, rounds: int) -> None:
    """Compare what was answered with what is there, once everything has come to rest."""
    for address in crowd.signed:
        mailbox.wait_for(address, seconds=60)
    repeats = sum(count - 1 for count in Counter(mailbox.everyone()).values())
    assert repeats <= rounds * MAIL_CONNECTIONS
    now_signed = {link for link in crowd.tried if "<h1>You have signed</h1>" in visitor.get(link).text}
    assert crowd.confirmed - now_signed == set()
    visitor.wait_for_count(len(now_signed))
    numbers = visitor.settled()
    assert (numbers["count"], numbers["signs"], numbers["withdrawals"]) == (len(now_signed), len(now_signed), 0)
    log = PublicLog(visitor)
    assert log.size == numbers["size"]
    assert len(log.signatures) == len(set(log.signatures)) == len(now_signed)
    for link in crowd.confirmed:
        log.check_receipt(visitor, link)
    for seen in watcher.seen:
        log.check_grew_out_of(seen)


def run(make_server: Callable[..., Server], folder: Path, mailbox: Mailbox, rounds: int) -> None:
    server = make_server(folder, TOCSIN_SECOND_STEP_SECONDS="0")
    visitor = Visitor(server)
    crowd = Crowd(visitor, mailbox)
    with Watcher(server) as watcher:
        kill_in_mid_burst(server, crowd, rounds)
    assert len(crowd.signed) > rounds
    assert len(crowd.confirmed) > 0
    assert len(watcher.seen) > rounds // 4
    assert_nothing_is_lost(visitor, mailbox, crowd, watcher, rounds)
    server.stop()


def test_kills_lose_nothing(make_server: Callable[..., Server], tmp_path: Path, mailbox: Mailbox) -> None:
    # PostgreSQL is a process of its own and outlives them all: there each kind of kill comes thrice.
    run(make_server, tmp_path, mailbox, rounds=9 if postgres.is_wanted() else 20)


@pytest.mark.soak
def test_two_hundred_kills_lose_nothing(make_server: Callable[..., Server], tmp_path: Path, mailbox: Mailbox) -> None:
    run(make_server, tmp_path, mailbox, rounds=200)


def test_a_stop_ends_within_ten_seconds_and_leaves_nobody(make_server: Callable[..., Server], tmp_path: Path) -> None:
    server = make_server(tmp_path)
    children = server.children()
    code, seconds = server.stop()
    assert (code, seconds < 10) == (0, True)
    assert [child for child in children if Path(f"/proc/{child}/cmdline").exists()] == []
