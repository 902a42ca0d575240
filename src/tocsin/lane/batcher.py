"""Group work from many requests into one call: one commit, or one query, for all that wait.

Requests hand in jobs on the event loop; one thread takes whatever has gathered while the last
batch was being written, runs it, and wakes the requests again. Under load the batches grow by
themselves; alone, a job waits for nothing.

Crash points: `run` returns after its commit is durable, and only then is any request
answered. Whoever got an answer has their row; who got none may have it or not, and tries
again.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Generic, TypeVar

from django.db import DataError, IntegrityError, InterfaceError, OperationalError, connections

Job = TypeVar("Job")
Result = TypeVar("Result")

_log = logging.getLogger(__name__)
# More rows in one transaction no longer save time, they only let the others wait.
_BATCH_LIMIT = 256
_STOP_SECONDS = 8.0


class BusyError(Exception):
    """More jobs wait than this server can write in a decent time."""


# What is raised while nothing can be written: too many wait, or the database is away. Both pass.
AWAY = (BusyError, OperationalError, InterfaceError)


class Batcher(Generic[Job, Result]):
    """Runs jobs in batches on a thread of its own; results come back in the order of the jobs.

    `run` gets a list of jobs and returns as many results; a result that is an exception is
    raised to the request that asked. When the database refuses a batch for what is in it, each
    job is run once more alone, so that one does not take the others with it.

    `turn` is entered for each batch before it is chosen: what comes while we wait for others
    goes with it.
    """

    def __init__(
        self,
        run: Callable[[list[Job]], Sequence[Result]],
        *,
        limit: int,
        name: str,
        turn: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._run = run
        self._turn = turn
        self._limit = limit
        self._name = name
        self._waiting: list[tuple[Job, asyncio.Future[Result]]] = []
        self._awake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_stopping = False

    def start(self) -> None:
        """Start the thread; call it on the running event loop."""
        self._loop = asyncio.get_running_loop()
        # A daemon: a thread stuck in a dead database must not hold up the end of the process.
        self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Finish what waits, for eight seconds at the most, and end the thread."""
        with self._awake:
            self._is_stopping = True
            self._awake.notify()
        thread = self._thread
        deadline = asyncio.get_running_loop().time() + _STOP_SECONDS
        # Polled, not joined in an executor: a busy executor thread keeps a worker from ending.
        while thread is not None and thread.is_alive() and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110  what we wait for is a thread, not a coroutine
            await asyncio.sleep(0.02)

    @property
    def waiting(self) -> int:
        """How many jobs wait for the next batch."""
        return len(self._waiting)

    def submit(self, job: Job) -> "asyncio.Future[Result]":
        """Return the future result of `job`; raise BusyError when too many wait already."""
        if self._loop is None or self._is_stopping:
            raise BusyError
        if len(self._waiting) >= self._limit:
            raise BusyError
        future: asyncio.Future[Result] = self._loop.create_future()
        with self._awake:
            self._waiting.append((job, future))
            is_first = len(self._waiting) == 1
        if is_first:
            # Not before the loop has gone round once: requests that are here already go with the first.
            self._loop.call_soon(self._wake)
        return future

    def _wake(self) -> None:
        with self._awake:
            self._awake.notify()

    def _work(self) -> None:
        try:
            self._write_batches()
        finally:
            connections.close_all()  # this thread's own

    def _write_batches(self) -> None:
        while self._wait_for_jobs():
            batch, results = self._run_a_batch()
            loop = self._loop
            if loop is None or loop.is_closed():
                return
            loop.call_soon_threadsafe(_hand_back, [future for _, future in batch], results)

    def _wait_for_jobs(self) -> bool:
        """Return True once a job waits, False when none does and we stop."""
        with self._awake:
            while not self._waiting and not self._is_stopping:
                self._awake.wait()
            return bool(self._waiting)

    def _next_batch(self) -> "list[tuple[Job, asyncio.Future[Result]]]":
        with self._awake:
            batch, self._waiting = self._waiting[:_BATCH_LIMIT], self._waiting[_BATCH_LIMIT:]
        return batch

    def _run_a_batch(self) -> "tuple[list[tuple[Job, asyncio.Future[Result]]], list[Result | BaseException]]":
        batch: list[tuple[Job, asyncio.Future[Result]]] = []
        try:
            with self._turn():
                batch = self._next_batch()
                return batch, self._results_of([job for job, _ in batch])
        except Exception as error:  # noqa: BLE001  any failure must reach the requests, none may end the thread
            batch = batch or self._next_batch()
            _log.warning("%s: a batch of %d failed (%s)", self._name, len(batch), type(error).__name__)
            return batch, [error] * len(batch)

    def _results_of(self, jobs: list[Job]) -> "list[Result | BaseException]":
        try:
            return list(self._run(jobs))
        except (IntegrityError, DataError) as error:
            _log.info("%s: one of %d was refused (%s), trying each alone", self._name, len(jobs), type(error).__name__)
            return [self._alone(job) for job in jobs]

    def _alone(self, job: Job) -> "Result | BaseException":
        try:
            return self._run([job])[0]
        except Exception as error:  # noqa: BLE001  handed to the one request that asked
            return error


def _hand_back(futures: "Sequence[asyncio.Future[Result]]", results: "Sequence[Result | BaseException]") -> None:
    for future, result in zip(futures, results, strict=True):
        if future.done():  # the client went away
            continue
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)
