"""Reading what was posted: bounded in size and in time."""

import asyncio

from tocsin.lane.arrival import Arrival, BodyTooLargeError

FORM_LIMIT = 64 * 1024
FORM_SECONDS = 15.0
_LOOK_SECONDS = 1.0


class BodyTooSlowError(Exception):
    """The rest of a body did not come in time."""


class Bodies:
    """Reads the bodies of one process, and gives up those that take too long.

    One look a second for all of them: an alarm for each, as asyncio.timeout sets it, costs ten times
    as much, for every signature.
    """

    def __init__(self, look_seconds: float = _LOOK_SECONDS) -> None:
        self._look_seconds = look_seconds
        self._until: dict[asyncio.Task[object], float] = {}  # who reads, and how long at the most
        self._late: set[asyncio.Task[object]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None  # asking for it costs a call to the system
        self._is_looking = False

    async def read(self, arrival: Arrival, *, limit: int = FORM_LIMIT, seconds: float = FORM_SECONDS) -> bytes:
        """Return the whole body; raise BodyTooLargeError, BodyTooSlowError or ClientGoneError."""
        if announced_length(arrival) > limit:
            raise BodyTooLargeError
        loop = self._loop = self._loop or asyncio.get_running_loop()
        reader = asyncio.current_task(loop)
        if reader is None:
            message = "a body is read by a task: it is what gives up"
            raise RuntimeError(message)
        self._until[reader] = loop.time() + seconds
        if not self._is_looking:
            self._is_looking = True
            loop.call_later(self._look_seconds, self._look, loop)
        try:
            return await arrival.body(limit)
        except asyncio.CancelledError as error:
            if reader in self._late:
                reader.uncancel()  # it was meant for the reading alone
                raise BodyTooSlowError from error
            raise
        finally:
            self._until.pop(reader, None)
            self._late.discard(reader)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for reader in [reader for reader, until in self._until.items() if until <= now]:
            del self._until[reader]
            self._late.add(reader)
            reader.cancel()
        self._is_looking = bool(self._until)
        if self._is_looking:
            loop.call_later(self._look_seconds, self._look, loop)


def announced_length(arrival: Arrival) -> int:
    """Return how many bytes the client says it will send; 0 when it does not say."""
    announced = arrival.headers.get("content-length", "")
    return int(announced) if announced.isascii() and announced.isdigit() else 0
