"""The bare baseline: a raw ASGI function that group-commits rows of the right sizes, and nothing else.

It checks nothing, seals nothing and reads no body; the rows it writes are copies of one that
Tocsin wrote itself, with fresh random keys, so that the database does the same work for both.

    TOCSIN_BENCH_PLAN=plan.json granian --interface asgi tocsin.cli.bench.baselines.bare:application
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tocsin.cli.bench.baselines.rows import Plan, read_plan
from tocsin.cli.bench.baselines.stores import Store

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]

_LOCATION = (b"location", b"/en/bench/thanks/")
_STARTED = {"type": "http.response.start", "status": 303, "headers": [_LOCATION, (b"content-length", b"0")]}
_ENDED = {"type": "http.response.body", "body": b"", "more_body": False}


class Bare:
    """The application of one process: what waits for the next commit, and the task that commits."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self.awake = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request once its rows are on the disk."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        await receive()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append((scope["path"].encode("ascii"), done))
        self.awake.set()
        await done
        await send(_STARTED)
        await send(_ENDED)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.task = asyncio.create_task(self._commit_for_ever())
            elif self.task is not None:
                self.task.cancel()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    async def _commit_for_ever(self) -> None:
        loop, thread = asyncio.get_running_loop(), ThreadPoolExecutor(1)
        store = await loop.run_in_executor(thread, Store, self.plan)
        while True:
            await self.awake.wait()
            self.awake.clear()
            batch, self.waiting = self.waiting, []
            await loop.run_in_executor(thread, store.commit, [path for path, _ in batch])
            for _, done in batch:
                if not done.done():
                    done.set_result(None)


def _application() -> Bare:
    return Bare(read_plan(Path(os.environ["TOCSIN_BENCH_PLAN"])))


application = _application()
