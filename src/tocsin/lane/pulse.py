"""Once a second: what has changed? New revisions of campaigns, and their numbers.

One thread with its own connection asks; the second hand moves whether or not it gets an
answer, so pages are served while the database is away, and what it says on its return is
taken in within a second.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from django.db import close_old_connections, connection

from tocsin.kit.quiet_log import where
from tocsin.lane.batcher import BusyError
from tocsin.lane.clock import SecondHand
from tocsin.lane.doors import Doors
from tocsin.lane.numbers import Numbers, numbers_of
from tocsin.lane.threads import Threads
from tocsin.tally.queries import CountAt, LogStanding, counts, standing
from tocsin.vault.queries import fingerprints_in_use

_log = logging.getLogger(__name__)
_SECOND = 1.0
_FRESH_SECONDS = 10.0
_BETWEEN_LOOKS = 0.2
_NO_LOG = LogStanding(0, 0, "")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look saw, by campaign."""

    revisions: dict[int, object]  # differs when the campaign's pages must be rendered again
    numbers: dict[int, Numbers]
    log: LogStanding = _NO_LOG


class Pulse:
    """Beats once a second: calls `see` on its thread, and hands what it saw to `tell` on the event loop."""

    def __init__(self, hand: SecondHand, see: Callable[[], Seen], tell: Callable[[Seen], None]) -> None:
        self._hand = hand
        self._see = see
        self._tell = tell
        self._threads = Threads(count=1, limit=1, name="pulse")
        self._beating: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self.log = _NO_LOG
        self._saw_at: float | None = None
        self._looked_at = 0.0
        self._is_away = False

    @property
    def is_fresh(self) -> bool:
        """Whether the database answered within the last ten seconds."""
        return self._saw_at is not None and monotonic() - self._saw_at < _FRESH_SECONDS

    def start(self) -> None:
        """Start beating, on the running event loop."""
        self._threads.start()
        self._beating = asyncio.get_running_loop().create_task(self._beat())

    def stop(self) -> None:
        """Stop beating; a look that hangs is left to its daemon thread."""
        self._threads.stop()
        for task in (self._beating, self._looking):
            if task is not None:
                task.cancel()

    async def look_again(self) -> None:
        """Look now instead of at the next beat, unless somebody has just done so."""
        if self._looking is None or (self._looking.done() and monotonic() - self._looked_at > _BETWEEN_LOOKS):
            self._begin_to_look()
        if self._looking is not None:
            await asyncio.wait([self._looking], timeout=_SECOND)

    async def _beat(self) -> None:
        while True:
            self._hand.move()
            if self._looking is None or self._looking.done():
                self._begin_to_look()
            await asyncio.sleep(_SECOND)

    def _begin_to_look(self) -> None:
        self._looked_at = monotonic()
        self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        try:
            seen = await self._threads.run(self._see)
        except BusyError:
            return
        except Exception as error:  # noqa: BLE001  the database may be away in many ways; the next beat asks again
            if not self._is_away:
                _log.warning("the database does not answer: %s", where(error))
            self._is_away = True
            return
        if self._is_away:
            _log.warning("the database answers again")
        self._is_away = False
        self._saw_at, self.log = monotonic(), seen.log
        self._tell(seen)


def look(doors: Doors, now: datetime) -> Seen:
    """Return what has changed; blocks, and needs a thread of its own."""
    close_old_connections()
    try:
        doors.refresh(now)
        at, log, keys = counts(), standing(), fingerprints_in_use()
    except Exception:
        connection.close()  # after a restart of the database the next look makes a new one
        raise
    campaigns = [door.campaign for door in doors.everyone()]
    takes = {door.campaign.pk: door.intake is not None for door in doors.everyone()}
    numbers = {
        one.pk: numbers_of(one, at.get(one.pk) or CountAt(0, 0, log.published), keys.get(one.pk, ""))
        for one in campaigns
    }
    # A milestone that is reached gives way to the next: the page has words about it.
    revisions: dict[int, object] = {
        one.pk: (one.revision, one.state, numbers[one.pk].goal, takes[one.pk]) for one in campaigns
    }
    return Seen(revisions, numbers, log)
