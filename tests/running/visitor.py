"""A visitor without a browser: plain HTTP, cookies refused, every answer kept as it came."""

import base64
import html
import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypedDict
from urllib.parse import urlencode

import altcha
import orjson

from tests.cast import Person
from tests.running.server import SLUG, Server

QUIET_SECONDS = 4.0
STILL_SECONDS = 2.0  # twice what the sequencer and the pages take together


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: status, headers in lower case in the order sent, body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return a header's value."""
        return dict(self.headers).get(name)

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode("utf-8")

    def hidden(self, name: str) -> str:
        """Return the value of a hidden field on the page."""
        found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', self.text)
        assert found, f"no hidden field {name}"
        return html.unescape(found[1])


class Numbers(TypedDict):
    """What count.json says."""

    campaign: str
    count: int
    signs: int
    withdrawals: int
    size: int
    goal: int
    state: str


class Visitor:
    """Asks one server; `address` is the one a trusted proxy would state."""

    def __init__(self, server: Server, *, address: str = "", slug: str = SLUG, language: str = "en") -> None:
        self.server = server
        self.slug = slug
        self.page = f"/{language}/{slug}/"
        self._headers = {"X-Forwarded-For": address} if address else {}

    def ask(self, method: str, path: str, form: Mapping[str, str] | None = None, **headers: str) -> Answer:
        """Return the answer to one request on a connection of its own; redirects are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        sent = self._headers | {name.replace("_", "-"): value for name, value in headers.items()}
        body = None
        if form is not None:
            body = urlencode(form)
            sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.server.url} | sent
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            names = tuple((name.lower(), value) for name, value in answer.getheaders())
            return Answer(answer.status, names, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        """Return the answer to a GET."""
        return self.ask("GET", path, None, **headers)

    def form(self, person: Person, **more: str) -> dict[str, str]:
        """Return the sign form as `person` fills it in, without a proof of work."""
        page = self.get(self.page)
        assert page.status == HTTPStatus.OK, page.status
        shown = {name: page.hidden(name) for name in ("text_hash", "text_language", "privacy")}
        typed = {"name": person.name, "email": person.address, "country": person.country, "place": person.place}
        return shown | typed | more

    def proof(self) -> str:
        """Return a solved proof of work, solved as the widget does."""
        challenge = orjson.loads(self.get(f"/{self.slug}/challenge").body)
        solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
        assert solution is not None
        solved = {"challenge": challenge, "solution": {"counter": solution.counter, "derivedKey": solution.derived_key}}
        return base64.b64encode(orjson.dumps(solved)).decode()

    def sign(self, person: Person, **more: str) -> Answer:
        """Post the form with a proof of work; return the answer."""
        return self.ask("POST", f"{self.page}sign", self.form(person, altcha=self.proof(), **more))

    def confirm(self, link: str) -> Answer:
        """Open the link of a mail, tick the box and press the button."""
        assert self.get(link).status == HTTPStatus.OK
        return self.ask("POST", link, {"consent": "yes"})

    def count(self) -> Numbers:
        """Return the campaign's count.json."""
        numbers: Numbers = orjson.loads(self.get(f"/{self.slug}/count.json").body)
        return numbers

    def settled(self) -> Numbers:
        """Return count.json once it stands still: what others confirmed just before has arrived."""
        numbers = self.count()
        while True:
            time.sleep(STILL_SECONDS)
            if (now := self.count()) == numbers:
                return now
            numbers = now

    def wait_for_count(self, count: int, seconds: float = 20.0) -> int:
        """Return the public number as soon as it is `count`, or what it is when patience ends."""
        deadline = time.monotonic() + seconds
        while (now := self.count()["count"]) != count and time.monotonic() < deadline:
            time.sleep(0.1)
        return now

    def wait_quietly(self) -> None:
        """Wait for as long as the sequencer and the pages need to show what has been confirmed."""
        time.sleep(QUIET_SECONDS)
