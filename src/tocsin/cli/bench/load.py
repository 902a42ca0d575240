"""The load generator: one process, many kept-alive connections, request bytes made beforehand.

It runs beside what it measures on the same cores, so it must be cheap: about 10 µs a request,
most of it the kernel's. It has no opinion on HTTP beyond what the answers here need.

    python -m tocsin.cli.bench.load < order.json > outcome.json
"""

import select
import socket
import sys
import time
from array import array
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice, repeat

from tocsin.cli.bench.links import read_links
from tocsin.cli.bench.orders import Order, Outcome, packed, read_order
from tocsin.cli.bench.requestfile import read_requests

_READ_BYTES = 1 << 16
_PATIENCE_SECONDS = 20.0
_PAUSE_SECONDS = 0.02
_SAMPLE_CHARS = 600

Buffer = bytes | bytearray | memoryview


class AnswerBrokenError(Exception):
    """Bytes that are no HTTP/1.1 answer of a kind the generator knows."""


def answer_length(data: bytes | bytearray) -> int:
    """Return how long the answer at the start of `data` is, or 0 while that cannot be told."""
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return 0
    names = data[:head].lower()
    at = names.find(b"\r\ncontent-length:")
    if at >= 0:
        end = names.find(b"\r\n", at + 2)
        return head + 4 + int(names[at + 17 : end if end >= 0 else head])
    if b"\r\ntransfer-encoding: chunked" in names:
        end = data.find(b"\r\n0\r\n\r\n", head + 2)
        return 0 if end < 0 else end + 7
    if bytes(names[9:12]) in {b"304", b"204"}:
        return head + 4
    message = "an answer without a length"
    raise AnswerBrokenError(message)


class _Connection:
    """One kept-alive connection with at most one request on its way."""

    __slots__ = ("due", "number", "port", "read", "sock")

    def __init__(self, port: int) -> None:
        self.port = port
        self.due = 0.0
        self.connect()

    def connect(self) -> None:
        """Connect, for the first time or anew."""
        self.read = b""
        self.sock = socket.create_connection(("127.0.0.1", self.port), timeout=_PATIENCE_SECONDS)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Non-blocking: a socket with a timeout asks poll() before every call; requests here fit its buffer.
        self.sock.settimeout(0)
        self.number = self.sock.fileno()


class Generator:
    """Carries out one order."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.outcome = Outcome()
        self.latencies = array("d")
        self.statuses: Counter[bytes] = Counter()
        self.expected = {str(status).encode() for status in order.expect}
        self.page = bytearray(_READ_BYTES)  # one for all reads: fresh ones would cost more than the reading
        self.poll = select.epoll()
        self.connections: dict[int, _Connection] = {}
        self.idle: deque[_Connection] = deque()
        for _ in range(order.connections):
            self._ready(_Connection(order.port))

    def run(self) -> Outcome:
        """Send until the time or the requests are over, wait for the last answers, and report."""
        requests = _requests_of(self.order)
        begun = time.perf_counter()
        if self.order.rate:
            self._steadily(requests, begun)
        else:
            self._as_fast_as_answered(requests, begun)
        self._finish()
        self.outcome.seconds = time.perf_counter() - begun
        self.poll.close()
        for connection in self.connections.values():
            connection.sock.close()
        return self._reported()

    def _as_fast_as_answered(self, requests: Iterator[Buffer], begun: float) -> None:
        until = begun + self.order.seconds
        while (now := time.perf_counter()) < until:
            request: Buffer | None = b"."
            while self.idle and request:
                request = next(requests, None)
                if request:
                    self._send(request, now)
            if request is None:
                self.outcome.ran_out = not self.order.most
                return
            # An empty request: none is there yet, but more may come.
            if not self._receive(_PATIENCE_SECONDS if request else _PAUSE_SECONDS) and request:
                return

    def _steadily(self, requests: Iterator[Buffer], begun: float) -> None:
        """Send on a timetable; what the server makes wait, waits from when it was due."""
        step, until = 1 / self.order.rate, begun + self.order.seconds
        due = begun
        while due < until:
            now = time.perf_counter()
            while due <= now and due < until and self.idle:
                request = next(requests, None)
                if request is None:
                    self.outcome.ran_out = not self.order.most
                    return
                self._send(request, due)
                due += step
            wait = max(0.0, due - time.perf_counter()) if self.idle else _PATIENCE_SECONDS
            if not self._receive(wait) and not self.idle:
                return

    def _send(self, request: Buffer, due: float) -> None:
        connection = self.idle.popleft()
        connection.due = due
        try:
            sent = connection.sock.send(request)
        except OSError:
            sent = 0
        if sent != len(request):
            self._lost(connection)

    def _receive(self, wait: float) -> bool:
        """Read what came; return False when nothing did within `wait` seconds."""
        ready = self.poll.poll(wait)
        for number, _ in ready:
            connection = self.connections[number]
            try:
                size = connection.sock.recv_into(self.page)
                data = connection.read + self.page[:size] if connection.read else self.page[:size]
                length = answer_length(data)
            except (OSError, ValueError, AnswerBrokenError):
                self._lost(connection)
                continue
            if length and len(data) == length:
                self._answered(connection, data)
            elif len(data) > length > 0 or not size:
                self._lost(connection)  # more than was asked for, or closed from the other side
            else:
                connection.read = bytes(data)
        return bool(ready)

    def _answered(self, connection: _Connection, data: bytes | bytearray) -> None:
        self.latencies.append(time.perf_counter() - connection.due)
        status = bytes(data[9:12])
        self.statuses[status] += 1
        connection.read = b""
        self.idle.append(connection)
        if status in self.expected:
            self.outcome.answer_bytes = len(data)
        elif not self.outcome.sample:
            self.outcome.sample = bytes(data[:_SAMPLE_CHARS]).decode("latin-1")

    def _ready(self, connection: _Connection) -> None:
        self.connections[connection.number] = connection
        self.poll.register(connection.number, select.EPOLLIN)
        self.idle.append(connection)

    def _lost(self, connection: _Connection) -> None:
        self.outcome.broken += 1
        del self.connections[connection.number]
        connection.sock.close()
        connection.connect()
        self._ready(connection)

    def _finish(self) -> None:
        while len(self.idle) < len(self.connections):
            if not self._receive(_PATIENCE_SECONDS):
                self.outcome.broken += len(self.connections) - len(self.idle)
                return

    def _reported(self) -> Outcome:
        outcome = self.outcome
        outcome.answered = self.statuses.total()
        outcome.right = sum(count for status, count in self.statuses.items() if status in self.expected)
        outcome.statuses = {status.decode("latin-1"): count for status, count in sorted(self.statuses.items())}
        if self.latencies:
            ordered = sorted(self.latencies)
            outcome.p50_ms = 1000 * ordered[len(ordered) // 2]
            outcome.p99_ms = 1000 * ordered[len(ordered) * 99 // 100]
            outcome.worst_ms = 1000 * ordered[-1]
        return outcome


def _requests_of(order: Order) -> Iterator[Buffer]:
    if order.links:
        return read_links(order.requests, port=order.port, most=order.most)
    requests = read_requests(order.requests, skip=order.skip)
    if order.repeats:
        return repeat(bytes(next(requests)))
    return islice(requests, order.most) if order.most else requests


def main() -> int:
    """Read an order from standard input and write its outcome to standard output."""
    order = read_order(sys.stdin.buffer.read())
    before = time.process_time()
    outcome = Generator(order).run()
    outcome.cpu_us = 1e6 * (time.process_time() - before) / max(1, outcome.answered)
    sys.stdout.buffer.write(packed(outcome))
    return 0


if __name__ == "__main__":
    sys.exit(main())
