"""Visits to a whole lane in this process: its threads and its database are real, only the sockets are not."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import unquote, urlencode

from django.db import connections

from tocsin.lane.app import Lane

HOST = "testserver"


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode()


class Names:
    """Headers as granian gives them."""

    def __init__(self, headers: dict[str, str]) -> None:
        self._headers = headers

    def get(self, key: str, default: Any = None) -> Any:
        return self._headers.get(key, default)

    def items(self) -> list[tuple[str, str]]:
        return list(self._headers.items())

    def __contains__(self, key: str) -> bool:
        return key in self._headers


class Arriving:
    """A request and its answer, as granian's own protocol has them."""

    def __init__(self, method: str, target: str, headers: dict[str, str], body: bytes, client: str) -> None:
        path, _, self.query_string = target.partition("?")
        self.proto, self.scheme, self.method = "http", "http", method
        self.path = unquote(path, errors="replace")
        self.headers = Names(headers)
        self.client = f"[{client}]:4711" if ":" in client else f"{client}:4711"
        self._body = body
        self.answers: list[tuple[int, list[tuple[str, str]], bytes]] = []

    async def __call__(self) -> bytes:
        return self._body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for place in range(0, len(self._body), 1_000):
            yield self._body[place : place + 1_000]
        yield b""

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.answers.append((status, headers, b""))

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answers.append((status, headers, body))


class Visits:
    """Asks one lane."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane

    async def ask(
        self,
        method: str,
        target: str,
        *,
        body: bytes = b"",
        client: str = "192.0.2.7",
        host: str | None = HOST,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Return the answer to one request; `target` is the path as sent, with its query."""
        given = {"host": host} | (headers or {}) if host is not None else headers or {}
        arriving = Arriving(method, target, {name.lower(): value for name, value in given.items()}, body, client)
        await self.lane.__rsgi__(arriving, arriving)
        [(status, names, answered)] = arriving.answers
        assert len(dict(names)) == len(names), "a header is sent twice"
        return Answer(status, dict(names), answered)

    async def get(self, target: str, **headers: str) -> Answer:
        """Return the answer to a GET."""
        return await self.ask("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})

    async def post(self, target: str, form: dict[str, str], **more: Any) -> Answer:
        """Return the answer to a posted form."""
        return await self.ask("POST", target, body=urlencode(form).encode(), **more)


async def elsewhere(call: Callable[[], object]) -> None:
    """Let somebody else write to the database, on a thread and a connection of their own."""

    def run() -> None:
        try:
            call()
        finally:
            connections.close_all()

    await asyncio.to_thread(run)


@contextmanager
def left_as_found() -> Iterator[None]:
    """Undo what a lane does to its whole process."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        gc.unfreeze()


def tell(story: Callable[[Visits], Coroutine[Any, Any, None]]) -> None:
    """Tell a story about visits to a lane, from its start to its end."""
    lane, loop = Lane(), asyncio.new_event_loop()
    with left_as_found():
        lane.__rsgi_init__(loop)
        try:
            loop.run_until_complete(asyncio.wait_for(story(Visits(lane)), timeout=60))
        finally:
            lane.__rsgi_del__(loop)
            loop.run_until_complete(asyncio.sleep(0))  # what was cancelled ends
            loop.close()
