"""A stage for lane.pages: a renderer that says what a test tells it to, and clocks that the test moves."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus

import pytest

from tocsin.lane import pages as pages_module
from tocsin.lane.batcher import BusyError
from tocsin.lane.clock import SecondHand
from tocsin.lane.copies import Variants
from tocsin.lane.http import Header, Response
from tocsin.lane.numbers import Numbers
from tocsin.lane.pages import Kept, Pages
from tocsin.tally.queries import CountAt

PATH = "/en/night-trains/"
WORDS = b"<p>@@slot:count@@ signed</p>" + b"<p>the appeal</p>" * 30


class Stage:
    """Pages whose renderer is told by the test what to say, with clocks that the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        self.wall = 1_700_000_000.0
        monkeypatch.setattr(pages_module, "monotonic", lambda: self.now)
        monkeypatch.setattr(pages_module, "time", lambda: self.wall)
        self.hand = SecondHand()
        self.asked: list[tuple[str, bytes]] = []
        self.body = WORDS
        self.headers: list[Header] = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"cache-control", b"public, max-age=5"),
            (b"x-tocsin-campaign", b"7"),
        ]
        self.status = HTTPStatus.OK
        self.error: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.put_aside = 0
        self.is_busy = False
        self.pages = Pages(self.ask, self.hand, aside=self.aside)
        self.see(count=1)

    async def ask(self, path: str, query: bytes) -> Response:
        self.asked.append((path, query))
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        return Response(self.status, self.body, list(self.headers))

    async def aside(self, call: Callable[[], Variants]) -> Variants:
        if self.is_busy:
            raise BusyError
        self.put_aside += 1
        return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(None, call), timeout=5)

    def see(self, *, count: int, revision: int = 1, goal: int = 100) -> None:
        """Let the pulse see the campaign."""
        numbers = Numbers("night-trains", "open", goal, CountAt(count, 0, count))
        self.pages.apply({7: (revision, goal)}, {7: numbers})

    def seconds(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        self.wall += seconds
        for _ in range(int(seconds)):
            self.hand.move()

    async def visit(self, path: str = PATH, query: bytes = b"") -> bytes:
        """Return what a visitor reads."""
        found = await self.pages.find(path, query)
        assert isinstance(found, Kept)
        return found.variants.plain.body

    async def refilled(self) -> None:
        """Wait until large pages have their new numbers."""
        await asyncio.gather(*self.pages.refilling)

    async def settle(self) -> None:
        """Let what goes on behind the visitors' backs finish."""
        for _ in range(10):
            await asyncio.sleep(0)
