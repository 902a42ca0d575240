"""The worker that sends mail: a few threads, each with a line of its own to the mail server.

A thread's round: whose turn is it → open a line if there is none → claim letters → hand them
over → write down how they fared. The thread that runs the worker keeps the clockwork: it removes
what was sent, renews leases and says once a minute in the log how many mails went.
"""

import logging
import random
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import DatabaseError, connections

from tocsin import db
from tocsin.outbox.delivery import Delivery, until
from tocsin.outbox.domain import Claimed, claim
from tocsin.outbox.gate import Gate
from tocsin.outbox.held import Held
from tocsin.outbox.mails import Builder
from tocsin.outbox.queries import due_providers
from tocsin.outbox.sent import SentRegister
from tocsin.outbox.transports import Connection, ConnectionLostError, NoConnectionError, Transport
from tocsin.outbox.turns import Turns

_log = logging.getLogger(__name__)
_FLUSH_SECONDS = 0.25
_RENEW_SECONDS = 2.0
_REPORT_SECONDS = 60.0
_jitter = random.random  # spreads load; no secret depends on it


@dataclass(frozen=True, slots=True)
class Pace:
    """How much at once, and for how long."""

    connections: int = 4
    batch: int = 250
    lease_seconds: int = 20
    batch_seconds: float = 10.0
    poll_seconds: float = 0.25
    idle_line_seconds: float = 20.0
    rest_seconds: int = 30
    # While others need the machine more, a line rests so many times as long as the processor worked for its
    # batch: the lines together take a twelfth of one. Waiting for a slow server costs the machine nothing.
    rests_of_a_batch: float = 48.0


def _now() -> datetime:
    return datetime.now(UTC)


class MailWorker:
    """Sends what is due until it is told to stop; lives as long as its process."""

    def __init__(
        self,
        *,
        transport: Transport,
        builders: Mapping[str, Builder],
        sent: SentRegister,
        pace: Pace | None = None,
        gives_way: Callable[[], bool] = lambda: False,
    ) -> None:
        """Prepare to send; `gives_way` says that others need the machine more than mail does."""
        self._transport = transport
        self._builders = builders
        self._sent = sent
        self._pace = pace or Pace()
        self._gives_way = gives_way
        self._stop = threading.Event()
        self._gate = Gate(jitter=_jitter)
        self._turns = Turns(connections=self._pace.connections, due=lambda: due_providers(now=_now()))
        self._held: set[Held] = set()
        self._lock = threading.Lock()
        # On SQLite one at a time: two lines may find the same letters, and the later one not see that the caps have
        # counted them. On PostgreSQL they skip each other's, and one that waits holds up no other.
        self._claiming: AbstractContextManager[object] = threading.Lock() if db.is_sqlite() else nullcontext()
        self.counts: Counter[str] = Counter()
        self._reported: Counter[str] = Counter()

    def run(self, stop: threading.Event) -> None:
        """Send mail until `stop` is set, then finish the mails that are on their way."""
        self._stop = stop
        names = [f"mail-{number}" for number in range(1, self._pace.connections + 1)]
        threads = [threading.Thread(target=self._send, name=name, daemon=True) for name in names]
        for thread in threads:
            thread.start()
        self._keep_the_clockwork(threads)
        self._flush()
        self._report()

    def _keep_the_clockwork(self, threads: list[threading.Thread]) -> None:
        due_at = dict.fromkeys((self._flush, self._renew, self._report), time.monotonic())
        every = {self._flush: _FLUSH_SECONDS, self._renew: _RENEW_SECONDS, self._report: _REPORT_SECONDS}
        while any(thread.is_alive() for thread in threads):
            for call, moment in due_at.items():
                if time.monotonic() >= moment:
                    call()
                    due_at[call] = time.monotonic() + every[call]
            time.sleep(_FLUSH_SECONDS if not self._stop.is_set() else _FLUSH_SECONDS / 10)

    def _send(self) -> None:
        """One thread's life."""
        line = _Line(self._transport, self._gate, self._pace.idle_line_seconds)
        try:
            while not self._stop.is_set():
                try:
                    self._sent.begin_thread()
                    while not self._stop.is_set():
                        began = time.thread_time()
                        if not self._round(line):
                            line.close_if_idle()
                            self._stop.wait(self._pace.poll_seconds)
                        elif self._gives_way():
                            self._stop.wait(self._pace.rests_of_a_batch * (time.thread_time() - began))
                except Exception as error:  # noqa: BLE001  whatever it was, the thread must not end with it
                    # Most likely the database: locked, full or restarting. Leases keep what was claimed.
                    where = traceback.extract_tb(error.__traceback__)[-1]
                    _log.warning("mail waits: %s at %s:%s", type(error).__name__, where.filename, where.lineno)
                    line.close()
                    connections.close_all()
                    self._stop.wait(1)
        finally:
            line.close()
            connections.close_all()

    def _round(self, line: "_Line") -> bool:
        """Send one batch, if there is one and a server to send it to; False means: wait a little."""
        if not line.is_open and not self._gate.is_open():
            return False
        provider = self._turns.take()
        if provider is None:
            return False
        is_empty = False
        try:
            line.open()
            with self._claiming:
                if self._stop.is_set():
                    return False
                claimed = claim(
                    provider=provider, limit=self._pace.batch, lease_seconds=self._pace.lease_seconds, now=_now()
                )
            is_empty = claimed.found < self._pace.batch
            self._deliver(claimed, line, provider)
        except NoConnectionError as error:
            self._gate.failed(str(error))
            return False
        except ConnectionLostError as error:
            line.broke(str(error))
        finally:
            self._turns.give_back(provider, is_empty=is_empty)
        return True

    def _deliver(self, claimed: Claimed, line: "_Line", provider: str) -> None:
        ids = [letter.id for letter in claimed.letters]
        held = Held(ids, claimed.lease_end, seconds=self._pace.lease_seconds)
        delivery = Delivery(claimed, held, self._sent)
        with self._holding(held):
            try:
                delivery.run(line.open(), self._builders, until(self._stop.is_set, self._pace.batch_seconds))
            finally:
                line.has_sent(delivery.counts["sent"])
                if delivery.provider_needs_rest:
                    self._turns.rest(provider, self._pace.rest_seconds * (0.5 + _jitter() / 2))
                delivery.finish(untried_seconds=self._pace.rest_seconds if delivery.provider_needs_rest else 0)
                with self._lock:
                    self.counts.update(delivery.counts)

    @contextmanager
    def _holding(self, held: Held) -> Iterator[None]:
        with self._lock:
            self._held.add(held)
        try:
            yield
        finally:
            with self._lock:
                self._held.discard(held)

    def _flush(self) -> None:
        with _despite_the_database():
            self._sent.flush()

    def _renew(self) -> None:
        with self._lock:
            held = list(self._held)
        for batch in held:
            with _despite_the_database():
                batch.renew_if_old(_now())

    def _report(self) -> None:
        with self._lock:
            new, self._reported = self.counts - self._reported, self.counts.copy()
        if new:
            _log.info("mail: %s", ", ".join(f"{count} {what}" for what, count in sorted(new.items())))


class _Line:
    """A thread's line to the mail server: opened when there is mail, closed when there has been none for a while."""

    def __init__(self, transport: Transport, gate: Gate, idle_seconds: float) -> None:
        self._transport = transport
        self._gate = gate
        self._idle_seconds = idle_seconds
        self._connection: Connection | None = None
        self._used_at = 0.0
        self._is_proven = False

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    def open(self) -> Connection:
        if self._connection is None:
            self._connection, self._is_proven = self._transport.connect(), False
        self._used_at = time.monotonic()
        return self._connection

    def has_sent(self, mails: int) -> None:
        if mails:
            self._is_proven = True
            self._gate.passed()

    def broke(self, why: str) -> None:
        # Servers end a line after so many mails as they like; one that never took any is down.
        if not self._is_proven:
            self._gate.failed(why)
        self.close()

    def close_if_idle(self) -> None:
        if time.monotonic() - self._used_at > self._idle_seconds:
            self.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@contextmanager
def _despite_the_database() -> Iterator[None]:
    """Let the clockwork go on when the database cannot be written to: it tries again at the next tick."""
    try:
        yield
    except (DatabaseError, OSError) as error:
        _log.warning("mail waits for the database or its disk (%s)", type(error).__name__)
        connections.close_all()
