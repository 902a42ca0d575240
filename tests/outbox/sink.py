"""Mail servers for the worker's tests: a well-behaved one that answers by the recipient's name, and rude ones."""

import asyncio
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.smtp import SMTP

_ORDER = re.compile(r"(?P<code>[45]\d\d)(?:x(?P<times>\d+))?[.-]")


class ScriptedSink:
    """Takes mail by SMTP; 451x2.maya@… is told 451 twice and taken then, 550.maya@… is refused for ever.

    A code before `data-`, as in data-451x1.maya@…, is said to the content instead of the recipient.
    """

    def __init__(self, *, seconds_a_mail: float = 0.0) -> None:
        self.taken: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.lines = 0
        self._seconds = seconds_a_mail
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._server: asyncio.Server | None = None
        self.port = 0

    def start(self, port: int = 0) -> "ScriptedSink":
        if not self._thread.is_alive():
            self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(self._listen(port), self._loop).result(5)
        return self

    def stop(self) -> None:
        async def close() -> None:
            assert self._server is not None
            self._server.close()
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def wait_until(self, is_so: Callable[["ScriptedSink"], bool], seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not is_so(self):
            assert time.monotonic() < deadline, (self.taken.total(), self.asked.most_common(10))
            time.sleep(0.01)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802  aiosmtpd's name
        self.asked[address] += 1
        answer = self._ordered(address, address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        (address,) = envelope.rcpt_tos
        if self._seconds:
            await asyncio.sleep(self._seconds)
        answer = self._ordered(address.removeprefix("data-"), address) if address.startswith("data-") else "250 ok"
        self.taken[address] += answer.startswith("2")
        return answer

    def _ordered(self, orders: str, address: str) -> str:
        found = _ORDER.match(orders)
        if found is None or (found["times"] and self.asked[address] > int(found["times"])):
            return "250 ok"
        return f"{found['code']} says the script"

    async def _listen(self, port: int) -> int:
        self._server = await self._loop.create_server(self._talk, "127.0.0.1", port)
        number: int = self._server.sockets[0].getsockname()[1]
        return number

    def _talk(self) -> SMTP:
        self.lines += 1
        return SMTP(self, hostname="sink.example", enable_SMTPUTF8=True)


@contextmanager
def rude_server(*talk: bytes | float | threading.Event) -> Iterator[int]:
    """Serve each line the same talk, then hang up.

    Bytes are said, numbers are seconds of silence; an event is set once the end of a mail was heard.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    is_over = threading.Event()

    def serve() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                for word in talk:
                    try:
                        if isinstance(word, bytes):
                            line.sendall(word)
                        elif isinstance(word, threading.Event):
                            _hear_a_mail(line)
                            word.set()
                        elif is_over.wait(word):
                            return
                    except OSError:
                        break

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        is_over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def _hear_a_mail(line: socket.socket) -> None:
    heard = b""
    while not heard.endswith(b"\r\n.\r\n"):
        if not (more := line.recv(4096)):
            raise ConnectionResetError
        heard += more
