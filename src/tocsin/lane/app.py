"""The lane: one ASGI application in front of Django (DESIGN section 7).

A public page that is in memory is answered in the first lines of `__call__`: one look-up, no
parsing, two ready messages. Everything else goes through the door keeper and the router.
"""

import asyncio
import gc
import logging
from typing import Any

from tocsin.kit.quiet_log import where
from tocsin.lane.accept import takes_gzip
from tocsin.lane.asgi_types import Receive, Scope, Send
from tocsin.lane.clock import SecondHand
from tocsin.lane.ending import end_in_time
from tocsin.lane.house import House
from tocsin.lane.pages import Kept, Key
from tocsin.lane.reception import Reception

_log = logging.getLogger(__name__)


class Lane:
    """The application that granian runs, one in each worker process."""

    def __init__(self) -> None:
        self._hand = SecondHand()
        self._ready: dict[Key, Kept] = {}
        self._hosts: set[bytes] = set()
        self._house: House | None = None
        self._reception: Reception | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or live through the process's life (`lifespan`)."""
        if scope["type"] == "http":
            kept = self._ready.get(scope["path"])
            if (
                kept is not None
                and kept.tick == self._hand.tick
                and scope["method"] == "GET"
                and not scope["query_string"]
            ):
                headers: dict[bytes, bytes] = dict(scope["headers"])
                if headers.get(b"host") in self._hosts and b"if-none-match" not in headers:
                    variants = kept.variants
                    copy = variants.zipped if takes_gzip(headers.get(b"accept-encoding", b"")) else variants.plain
                    await send(copy.start)
                    await send(copy.end)
                    return
            if self._reception is not None:
                await self._reception.answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        # A websocket gets no answer: granian closes it.

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self._open()
                except Exception as error:  # noqa: BLE001  granian ends the worker, and the log says where
                    _log.error("the web process cannot start: %s", where(error))
                    await send({"type": "lifespan.startup.failed", "message": type(error).__name__})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                if self._house is not None:
                    await self._house.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

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


def _report_loose_end(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log a failure that nobody waited for: its place, not its words."""
    error = context.get("exception")
    _log.error("a task failed: %s", where(error) if isinstance(error, BaseException) else "no error given")
