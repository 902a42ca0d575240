"""What one web process holds in memory: doors, limits, keys, and the threads that write and read."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection

from tocsin import db
from tocsin.lane.batcher import Batcher, BusyError
from tocsin.lane.doors import Doors
from tocsin.lane.hold import HoldBox, hold_box
from tocsin.lane.limits import LimitCounters, Limits, network_of
from tocsin.lane.proof import ProofKeys, proof_keys
from tocsin.lane.threads import Threads
from tocsin.rallies.domain.rsvp import Asked, store_rsvps
from tocsin.signing import domain as signing
from tocsin.signing import queries
from tocsin.signing.domain import Confirmed, Proof, Taken
from tocsin.signing.queries import Status

_MOST_PHOTOS = 24  # that wait to be made afresh: a second each
_MOST_PHOTOS_OF_A_NETWORK = 4
_MOST_PHOTOS_OF_A_HOST = 20  # by one link, in half an hour
# Forms of one network that come back, in half an hour: reading one and drawing its page costs a tenth of a second.
_MOST_MISTAKES = 60

Job = TypeVar("Job")
Result = TypeVar("Result")


class Engine:
    """One process's memory; made when its worker starts, never before a fork."""

    def __init__(self) -> None:
        limit = settings.QUEUE_LIMIT
        self.doors = Doors()
        self.limits = LimitCounters(_share_of_limits())
        self.mistakes = LimitCounters(Limits(network=_share(_MOST_MISTAKES), domain=0, address=0, window_seconds=1800))
        self.taker: Batcher[Taken, bool] = Batcher(_healing(_store), limit=limit, turn=db.turn, name="take")
        # Reads before its turn; see signing.domain.confirm.
        self.confirmer: Batcher[bytes, Confirmed] = Batcher(_healing(_confirm), limit=limit, name="confirm")
        self.comer: Batcher[tuple[Asked, Proof], bool] = Batcher(
            _healing(_store_rsvps), limit=limit, turn=db.turn, name="come"
        )
        self.reader: Batcher[bytes, Status] = Batcher(_healing(queries.status_of_many), limit=limit, name="read")
        # Rare verbs and pages that Django renders, one at a time, off the event loop.
        self.caller: Batcher[Callable[[], object], object] = Batcher(_healing(_call), limit=limit, name="call")
        # One picture at a time: each takes a processor and up to a gigabyte, in a process of its own.
        self.photos = Threads(count=1, limit=_MOST_PHOTOS, name="photos")
        self._photos_of: Counter[str] = Counter()
        self._photos_by_link = LimitCounters(
            Limits(network=_share(_MOST_PHOTOS_OF_A_HOST), domain=0, address=0, window_seconds=1800)
        )

    # Made when they are first needed: a sealed server starts before anybody has opened its keys, and
    # takes nothing until then.
    @cached_property
    def proof_keys(self) -> ProofKeys:
        """The keys of proofs of work."""
        return proof_keys()

    @cached_property
    def hold_box(self) -> HoldBox:
        """The box of forms that wait for their second step."""
        return hold_box(settings.SECOND_STEP_SECONDS)

    async def start(self) -> None:
        """Start the threads, on the event loop that will serve."""
        for batcher in self._batchers():
            batcher.start()
        self.photos.start()
        await self.caller.submit(lambda: self.doors.refresh(clock()))

    async def stop(self) -> None:
        """Write what was handed in, then end the threads."""
        for batcher in self._batchers():
            await batcher.stop()
        self.photos.stop()

    async def call(self, verb: Callable[[], Result]) -> Result:
        """Run one rare verb, or render one page, off the event loop; raises what it raises."""
        result: Result = await self.caller.submit(verb)  # type: ignore[assignment]  # one queue for verbs of all types
        return result

    async def on_photo_thread(self, client: str, call: Callable[[], Result]) -> Result:
        """Run what makes a photo afresh; raises BusyError when too many wait, in all or of the client's network."""
        network = network_of(client)
        if self._photos_of[network] >= _MOST_PHOTOS_OF_A_NETWORK:
            raise BusyError
        made = self.photos.run(call)
        self._photos_of[network] += 1
        try:
            return await made
        finally:
            self._photos_of[network] -= 1
            if not self._photos_of[network]:
                del self._photos_of[network]

    def has_photos_left(self, link: bytes, now: datetime) -> bool:
        """Count a photo that came by a host's link, and say whether it is one of those that it may bring now."""
        return self._photos_by_link.check(campaign=link.hex(), client="", address=None, now=now) is None

    def _batchers(self) -> "tuple[Batcher[Any, Any], ...]":
        return self.taker, self.confirmer, self.comer, self.reader, self.caller


def clock() -> datetime:
    """Return the time; the doors read it here and hand it to every verb."""
    return datetime.now(UTC)


def _share_of_limits() -> Limits:
    """Return this process's share: the limits are the server's, the counters each process's own."""
    return Limits(
        network=_share(settings.NETWORK_RATE), domain=_share(settings.DOMAIN_RATE), address=settings.ADDRESS_RATE
    )


def _share(limit: int) -> int:
    return -(-limit // max(1, settings.WEB_PROCESSES))


def _store(batch: list[Taken]) -> list[bool]:
    with db.transaction():
        return signing.store(batch)


def _store_rsvps(batch: list[tuple[Asked, Proof]]) -> list[bool]:
    with db.transaction():
        fresh = signing.spend([proof for _, proof in batch])
        stored = []
        for _, proof in batch:
            stored.append(proof.nonce in fresh)
            fresh.discard(proof.nonce)  # it counts for the first of two that arrive in one batch
        store_rsvps([asked for (asked, _), is_stored in zip(batch, stored, strict=True) if is_stored])
    return stored


def _confirm(tokens: list[bytes]) -> list[Confirmed]:
    return signing.confirm(tokens=tokens, now=clock())


def _call(verbs: list[Callable[[], object]]) -> list[object]:
    return [_result_of(verb) for verb in verbs]


def _result_of(verb: Callable[[], object]) -> object:
    try:
        return verb()
    except Exception as error:  # noqa: BLE001  handed to the one request that asked, by Batcher
        return error


def _healing(run: Callable[[list[Job]], Sequence[Result]]) -> Callable[[list[Job]], Sequence[Result]]:
    """Drop a connection that broke, so that the next batch after a database restart makes a new one."""

    def healed(batch: list[Job]) -> Sequence[Result]:
        try:
            return run(batch)
        finally:
            connection.close_if_unusable_or_obsolete()

    return healed
