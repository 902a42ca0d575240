"""Visits to a whole lane in this process: ASGI in, ASGI out, its threads and its database real."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import unquote, urlencode

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
        path, _, query = target.partition("?")
        given = {"host": host} | (headers or {}) if host is not None else headers or {}
        scope = {
            "type": "http",
            "http_version": "1.1",
            "scheme": "http",
            "method": method,
            "path": unquote(path, errors="replace"),
            "query_string": query.encode(),
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in given.items()],
            "client": (client, "4711"),
        }
        messages: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            messages.append(message)

        await self.lane(scope, receive, send)
        start, *rest = messages
        names = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        assert len(names) == len(start["headers"]), "a header is sent twice"
        return Answer(start["status"], names, b"".join(message["body"] for message in rest))

    async def get(self, target: str, **headers: str) -> Answer:
        """Return the answer to a GET."""
        return await self.ask("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})

    async def post(self, target: str, form: dict[str, str], **more: Any) -> Answer:
        """Return the answer to a posted form."""
        return await self.ask("POST", target, body=urlencode(form).encode(), **more)


@asynccontextmanager
async def _open_lane() -> AsyncIterator[Lane]:
    """Live through a lane's life as a server does."""
    lane = Lane()
    to_lane: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    from_lane: asyncio.Queue[Any] = asyncio.Queue()
    life = asyncio.create_task(lane({"type": "lifespan"}, to_lane.get, from_lane.put))
    await to_lane.put({"type": "lifespan.startup"})
    assert await from_lane.get() == {"type": "lifespan.startup.complete"}
    try:
        yield lane
    finally:
        await to_lane.put({"type": "lifespan.shutdown"})
        assert await from_lane.get() == {"type": "lifespan.shutdown.complete"}
        await life


def tell(story: Callable[[Visits], Coroutine[Any, Any, None]]) -> None:
    """Tell a story about visits to a lane; afterwards the process stops as it did before."""

    async def whole() -> None:
        async with _open_lane() as lane:
            await asyncio.wait_for(story(Visits(lane)), timeout=60)

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        asyncio.run(whole())
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
