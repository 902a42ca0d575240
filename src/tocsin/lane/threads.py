"""A few daemon threads for work that would hold up the event loop.

Not the standard library's pool: that one joins its threads when the interpreter ends, so a
worker with one busy thread would never stop (DESIGN section 7).
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connections

from tocsin.lane.batcher import BusyError

Result = TypeVar("Result")
_Job = tuple[Callable[[], Any], "asyncio.Future[Any]", asyncio.AbstractEventLoop]


class Threads:
    """Runs calls on `count` threads; at most `limit` of them wait."""

    def __init__(self, *, count: int, limit: int, name: str) -> None:
        self._count = count
        self._limit = limit
        self._name = name
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._started = False

    def start(self) -> None:
        """Start the threads."""
        self._started = True
        for number in range(self._count):
            threading.Thread(target=self._work, name=f"{self._name}-{number}", daemon=True).start()

    def stop(self) -> None:
        """Let each thread end after what it does now; nobody waits for it."""
        self._started = False
        for _ in range(self._count):
            self._jobs.put(None)

    def run(self, call: Callable[[], Result]) -> "asyncio.Future[Result]":
        """Return the future result of `call`; raise BusyError when too many wait already."""
        if not self._started or self._jobs.qsize() >= self._limit:
            raise BusyError
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        self._jobs.put((call, future, loop))
        return future

    def _work(self) -> None:
        try:
            self._do_jobs()
        finally:
            connections.close_all()

    def _do_jobs(self) -> None:
        while (job := self._jobs.get()) is not None:
            call, future, loop = job
            if future.cancelled():  # read from another thread: at worst a call runs for nobody
                continue
            try:
                outcome, failure = call(), None
            except Exception as error:  # noqa: BLE001  handed to whoever waits for it
                outcome, failure = None, error
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, future, outcome, failure)


def _settle(future: "asyncio.Future[Any]", outcome: Any, failure: Exception | None) -> None:
    if future.done():  # given up meanwhile
        return
    if failure is None:
        future.set_result(outcome)
    else:
        future.set_exception(failure)
