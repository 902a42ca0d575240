"""lane.threads: a few daemon threads, a bounded queue, and a stop that waits for nobody."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tocsin.lane.batcher import BusyError
from tocsin.lane.threads import Threads


def running(story: Callable[[Threads], Coroutine[Any, Any, None]], *, count: int = 1, limit: int = 10) -> None:
    async def whole() -> None:
        threads = Threads(count=count, limit=limit, name="test")
        threads.start()
        try:
            await asyncio.wait_for(story(threads), timeout=10)
        finally:
            threads.stop()

    asyncio.run(whole())


def test_a_call_runs_elsewhere_and_comes_back() -> None:
    async def story(threads: Threads) -> None:
        assert await threads.run(lambda: 6 * 7) == 42
        assert await threads.run(threading.get_ident) != threading.get_ident()
        assert await threads.run(lambda: threading.current_thread().daemon)

    running(story)


def test_what_a_call_raises_is_raised_to_who_waits() -> None:
    async def story(threads: Threads) -> None:
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 // 0)
        assert await threads.run(lambda: "still here") == "still here"

    running(story)


def test_more_than_the_limit_are_refused_and_none_waits_in_vain() -> None:
    gate = threading.Event()

    async def story(threads: Threads) -> None:
        first = threads.run(lambda: gate.wait(5))
        await asyncio.sleep(0.05)
        second, third = threads.run(lambda: 2), threads.run(lambda: 3)
        with pytest.raises(BusyError):
            threads.run(lambda: 4)
        gate.set()
        assert [await first, await second, await third] == [True, 2, 3]

    running(story, limit=2)


def test_who_has_gone_is_not_worked_for() -> None:
    gate = threading.Event()
    done: list[str] = []

    async def story(threads: Threads) -> None:
        first = threads.run(lambda: gate.wait(5))
        gone = threads.run(lambda: done.append("gone"))
        gone.cancel()
        await asyncio.sleep(0)
        gate.set()
        await first
        await threads.run(lambda: done.append("here"))

    running(story)
    assert done == ["here"]


def test_a_stop_waits_for_no_thread() -> None:
    gate = threading.Event()
    begun = time.monotonic()

    async def story(threads: Threads) -> None:
        threads.run(lambda: gate.wait(60))

    running(story)
    assert time.monotonic() - begun < 30
    gate.set()


def test_nothing_is_taken_after_the_stop() -> None:
    async def story(threads: Threads) -> None:
        threads.stop()
        with pytest.raises(BusyError):
            threads.run(lambda: 1)

    running(story)
