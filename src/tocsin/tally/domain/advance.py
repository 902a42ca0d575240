"""The sequencer's one step: give what waits its index in the log.

Crash points: everything happens in one transaction. Dying before its commit leaves the queue
as it was; dying after it leaves entries, rows and numbers that agree. There is no third case.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.db import connection

from tocsin import db
from tocsin.tally.models import Entry, Head, QueuedEntry
from tocsin.tally.ranges import pack, unpack
from tocsin.tally.turn import may_sequence
from tocsin.tlog.entry import Kind
from tocsin.tlog.hashing import leaf_hashes

_QUEUE = QueuedEntry._meta.db_table  # noqa: SLF001  the table's name is Django's to give
_ENTRY = Entry._meta.db_table  # noqa: SLF001  as above
_KINDS = {kind.value: kind for kind in Kind}
_COMMON = frozenset({Kind.SIGN.value, Kind.WITHDRAW.value})
_KEY_BYTES = 8

# Its id in the queue, campaign, kind, entry, ref: a plain tuple, because a hundred thousand may wait.
_Waiting = tuple[int, int, int, bytes, bytes | None]


class Indexed(NamedTuple):
    """An entry that has just been given its index."""

    index: int  # type: ignore[assignment]  # hides a tuple's own method, which nobody asks here
    campaign: int
    kind: Kind
    ref: bytes | None


class Advance(NamedTuple):
    """What one step did: the log's size after it, and how many entries are new."""

    size: int
    entries: int


def advance(*, count: Callable[[Sequence[Indexed]], None], limit: int = 5_000) -> Advance:
    """Give up to `limit` waiting entries their indexes, and tell `count` in the same transaction.

    Within a batch the order is random, so an index says nothing about who signed before whom;
    texts and keys go first, so that no signature stands before the words it was given to.
    """
    with db.transaction():
        if not may_sequence():
            return Advance(_head().size, 0)
        head = _head()
        waiting = _in_order(_take_waiting(limit))
        if not waiting:
            return Advance(head.size, 0)
        _, campaigns, kinds, entries, refs = zip(*waiting, strict=True)
        indexes = range(head.size, head.size + len(waiting))
        db.insert_many(
            _ENTRY, ("index", "campaign", "kind", "entry"), zip(indexes, campaigns, kinds, entries, strict=True)
        )
        move_head(head, entries)
        count(list(map(Indexed, indexes, campaigns, map(_KINDS.__getitem__, kinds), refs)))
        return Advance(indexes.stop, len(waiting))


def move_head(head: Head, entries: Sequence[bytes]) -> None:
    """Let the log grow by `entries`, from where `head` was read at, in the caller's transaction.

    The range grows by the entries in memory, before a table or a tile had a chance to change one.
    """
    grown = unpack(head.size, head.peaks)
    grown.extend(leaf_hashes(entries))
    if not Head.objects.filter(size=head.size).update(size=grown.size, peaks=pack(grown)):
        # Unreachable under the lock; if it ever happens, nothing of this step may stay.
        message = f"the log is no longer of size {head.size}: another sequencer moved it"
        raise RuntimeError(message)


def _head() -> Head:
    head, _ = Head.objects.get_or_create(id=1)
    return head


def _take_waiting(limit: int) -> list[_Waiting]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A row that a withdrawal is taking back right now is left to it. MATERIALIZED: the planner may not run
            # the inner query again for each row of the outer one, and so take more than `limit`.
            cursor.execute(
                "WITH taken AS MATERIALIZED"  # noqa: S608  our own name
                f' (SELECT id FROM "{_QUEUE}" ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)'
                f' DELETE FROM "{_QUEUE}" q USING taken WHERE q.id = taken.id'
                " RETURNING q.id, q.campaign, q.kind, q.entry, q.ref",
                [limit],
            )
            return list(cursor.fetchall())
        cursor.execute(f'SELECT id, campaign, kind, entry, ref FROM "{_QUEUE}" ORDER BY id LIMIT %s', [limit])  # noqa: S608  our own name
        rows = cursor.fetchall()
        if rows:
            cursor.execute(f'DELETE FROM "{_QUEUE}" WHERE id <= %s', [rows[-1][0]])  # noqa: S608  our own name
        return list(rows)


def _in_order(waiting: Sequence[_Waiting]) -> list[_Waiting]:
    """Return what waits in a random order, texts and keys before the rest."""
    # Sorted by random numbers: a shuffle from the system's randomness asks it anew for each entry. Should two of
    # the 64-bit numbers be equal, those two stand as they did in the queue, whose order tells nothing either.
    keys = memoryview(secrets.token_bytes(_KEY_BYTES * len(waiting))).cast("Q")
    shuffled = [waiting[place] for place in sorted(range(len(waiting)), key=keys.__getitem__)]
    return [one for one in shuffled if one[2] not in _COMMON] + [one for one in shuffled if one[2] in _COMMON]
