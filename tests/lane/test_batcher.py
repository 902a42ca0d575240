"""lane.batcher: jobs gather while a batch is written; each request gets its own answer."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError

from tocsin.lane.batcher import Batcher, BusyError

Run = Callable[[list[int]], Sequence[Any]]


def running(run: Run, story: Callable[["Batcher[int, Any]"], Coroutine[Any, Any, None]], limit: int = 100) -> None:
    """Tell a story around a batcher that is started before and stopped after it."""

    async def whole() -> None:
        batcher: Batcher[int, Any] = Batcher(run, limit=limit, name="test")
        batcher.start()
        try:
            await asyncio.wait_for(story(batcher), timeout=10)
        finally:
            await batcher.stop()

    asyncio.run(whole())


def test_each_job_gets_its_own_result_and_batches_grow_under_load() -> None:
    sizes: list[int] = []
    gate = threading.Event()

    def run(batch: list[int]) -> list[int]:
        sizes.append(len(batch))
        gate.wait(5)
        return [job * 2 for job in batch]

    async def story(batcher: "Batcher[int, Any]") -> None:
        first = batcher.submit(1)
        while not sizes:  # noqa: ASYNC110  a thread says so, not a coroutine
            await asyncio.sleep(0.001)
        rest = [batcher.submit(job) for job in range(2, 12)]
        gate.set()
        assert await first == 2
        assert await asyncio.gather(*rest) == [job * 2 for job in range(2, 12)]

    running(run, story)
    assert sizes == [1, 10]


def test_what_comes_in_one_round_of_the_loop_goes_together() -> None:
    sizes: list[int] = []

    def run(batch: list[int]) -> list[int]:
        sizes.append(len(batch))
        return batch

    async def story(batcher: "Batcher[int, Any]") -> None:
        first = batcher.submit(1)
        threading.Event().wait(0.05)  # the loop stands still, and the batcher's thread could run
        rest = [batcher.submit(job) for job in range(2, 12)]
        assert await asyncio.gather(first, *rest) == list(range(1, 12))

    running(run, story)
    assert sizes == [11]


def test_what_comes_while_it_waits_for_its_turn_goes_with_the_batch() -> None:
    sizes: list[int] = []
    is_asked, gate = threading.Event(), threading.Event()

    @contextmanager
    def turn() -> Iterator[None]:
        is_asked.set()
        gate.wait(5)
        yield

    def run(batch: list[int]) -> list[int]:
        sizes.append(len(batch))
        return batch

    async def whole() -> None:
        batcher: Batcher[int, Any] = Batcher(run, limit=100, name="test", turn=turn)
        batcher.start()
        first = batcher.submit(1)
        while not is_asked.is_set():  # noqa: ASYNC110  a thread says so, not a coroutine
            await asyncio.sleep(0.001)
        rest = [batcher.submit(job) for job in range(2, 12)]
        gate.set()
        assert await asyncio.gather(first, *rest) == list(range(1, 12))
        await batcher.stop()

    asyncio.run(whole())
    assert sizes == [11]


def test_a_turn_that_never_comes_fails_the_jobs_that_wait_for_it() -> None:
    turns = iter([OSError("no lock file"), None])

    @contextmanager
    def turn() -> Iterator[None]:
        if error := next(turns):
            raise error
        yield

    async def whole() -> None:
        batcher: Batcher[int, Any] = Batcher(lambda batch: batch, limit=100, name="test", turn=turn)
        batcher.start()
        with pytest.raises(OSError, match="no lock file"):
            await batcher.submit(1)
        assert await batcher.submit(2) == 2
        await batcher.stop()

    asyncio.run(whole())


def test_past_the_limit_it_is_busy() -> None:
    gate = threading.Event()

    def run(batch: list[int]) -> list[int]:
        gate.wait(5)
        return batch

    async def story(batcher: "Batcher[int, Any]") -> None:
        futures = [batcher.submit(0)]
        while batcher.waiting:  # noqa: ASYNC110  a thread says so, not a coroutine
            await asyncio.sleep(0.001)
        futures += [batcher.submit(1), batcher.submit(2)]
        with pytest.raises(BusyError):
            batcher.submit(3)
        gate.set()
        assert await asyncio.gather(*futures) == [0, 1, 2]

    running(run, story, limit=2)


def test_one_that_cannot_be_stored_does_not_take_the_others_with_it() -> None:
    gate = threading.Event()

    def run(batch: list[int]) -> list[int]:
        gate.wait(5)
        if 13 in batch:
            raise IntegrityError
        return batch

    async def story(batcher: "Batcher[int, Any]") -> None:
        futures = [batcher.submit(job) for job in (1, 13, 2)]
        gate.set()
        results = await asyncio.gather(*futures, return_exceptions=True)
        assert results[0] == 1
        assert isinstance(results[1], IntegrityError)
        assert results[2] == 2

    running(run, story)


def test_a_dead_database_fails_the_batch_once_and_the_next_one_goes_on() -> None:
    calls: list[list[int]] = []

    def run(batch: list[int]) -> list[int]:
        calls.append(batch)
        if len(calls) == 1:
            raise ConnectionError
        return batch

    async def story(batcher: "Batcher[int, Any]") -> None:
        with pytest.raises(ConnectionError):
            await batcher.submit(1)
        assert await batcher.submit(2) == 2

    running(run, story)
    assert len(calls) == 2, "what failed for the database's sake is not tried again row by row"


def test_stopping_finishes_what_was_handed_in_and_takes_no_more() -> None:
    done: list[int] = []

    def run(batch: list[int]) -> list[int]:
        done.extend(batch)
        return batch

    async def whole() -> None:
        batcher: Batcher[int, Any] = Batcher(run, limit=10, name="test")
        batcher.start()
        future = batcher.submit(1)
        await batcher.stop()
        assert await future == 1
        with pytest.raises(BusyError):
            batcher.submit(2)

    asyncio.run(whole())
    assert done == [1]
