"""The lane: one application in front of Django (DESIGN section 7).

A public page that is in memory is answered in the first lines of `__rsgi__`: one look-up, no
parsing, headers made long before. Everything else goes through reception and router.
"""

import asyncio
import gc
import logging
import sys
from typing import Any

from tocsin.kit.quiet_log import where
from tocsin.lane.accept import takes_gzip
from tocsin.lane.arrival import ASGIScope, Receive, Send, from_asgi, from_rsgi
from tocsin.lane.clock import SecondHand
from tocsin.lane.ending import end_in_time
from tocsin.lane.house import House
from tocsin.lane.pages import Kept, Key
from tocsin.lane.reception import Reception
from tocsin.lane.rsgi import RSGIProtocol, RSGIScope

_log = logging.getLogger(__name__)
# A request leaves no cycles behind, and a batch of hundreds is under way at once: looking for cycles
# after every 700 objects looks at living ones.
_YOUNG_OBJECTS = 20_000


class Lane:
    """The application that a server runs, one in each worker process."""

    def __init__(self) -> None:
        self._hand = SecondHand()
        self._ready: dict[Key, Kept] = {}
        self._hosts: set[str] = set()
        self._house: House | None = None
        self._reception: Reception | None = None

    async def __rsgi__(self, scope: RSGIScope, protocol: RSGIProtocol) -> None:
        """Answer one request of granian's."""
        kept = self._ready.get(scope.path)
        if kept is not None and kept.tick == self._hand.tick and scope.method == "GET" and not scope.query_string:
            headers = scope.headers
            if headers.get("host") in self._hosts and "if-none-match" not in headers:
                variants = kept.variants
                copy = variants.zipped if takes_gzip(headers.get("accept-encoding", "")) else variants.plain
                protocol.response_bytes(copy.status, copy.words, copy.body)
                return
        if self._reception is not None and scope.proto == "http":
            answer = await self._reception.answer(from_rsgi(scope, protocol))
            if answer is not None:
                answer.respond(protocol, with_body=scope.method != "HEAD")

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Open, before granian takes the first connection."""
        try:
            loop.run_until_complete(self._open())
        except Exception as error:  # noqa: BLE001  the log says where, and granian starts another worker
            _log.error("the web process cannot start: %s", where(error))
            sys.exit(1)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Close, after granian has let the last connection go."""
        loop.run_until_complete(self._close())

    async def __call__(self, scope: ASGIScope, receive: Receive, send: Send) -> None:
        """Answer one request of an ASGI server, or live through the process's life (`lifespan`)."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and self._reception is not None:
            answer = await self._reception.answer(from_asgi(scope, receive))
            if answer is not None:
                await answer.send(send, with_body=scope["method"] != "HEAD")

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self._open()
        except Exception as error:  # noqa: BLE001  the server ends the worker, and the log says where
            _log.error("the web process cannot start: %s", where(error))
            await send({"type": "lifespan.startup.failed", "message": type(error).__name__})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self) -> None:
        """Make what lives in this process; only now, because a worker may be a fork."""
        house = House(self._hand)
        await house.open()
        self._house, self._reception = house, Reception(house)
        self._ready, self._hosts = house.pages.ready, self._reception.hosts
        asyncio.get_running_loop().set_exception_handler(_report_loose_end)
        end_in_time()
        # What was imported stays as long as the process: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_YOUNG_OBJECTS)

    async def _close(self) -> None:
        if self._house is not None:
            await self._house.close()


def _report_loose_end(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log a failure that nobody waited for: its place, not its words."""
    error = context.get("exception")
    _log.error("a task failed: %s", where(error) if isinstance(error, BaseException) else "no error given")
