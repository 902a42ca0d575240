"""The sequencer's one step: give what waits its index in the log.

Crash points: everything happens in one transaction. Dying before its commit leaves the queue
as it was; dying after it leaves entries, rows and numbers that agree. There is no third case.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
_shuffle = secrets.SystemRandom().shuffle


@dataclass(frozen=True, slots=True)
class Indexed:
    """An entry that has just been given its index."""

    index: int
    campaign: int
    kind: Kind
    ref: bytes | None


class Advance(NamedTuple):
    """What one step did: the log's size after it, and how many entries are new."""

    size: int
    entries: int


class _Waiting(NamedTuple):
    campaign: int
    kind: int
    entry: bytes
    ref: bytes | None


def advance(*, count: Callable[[Sequence[Indexed]], None], limit: int = 5_000) -> Advance:
    """Give up to `limit` waiting entries their indexes, and tell `count` in the same transaction.

    Within a batch the order is random, so an index says nothing about who signed before whom;
    texts and keys go first, so that no signature stands before the words it was given to.
    """
    with db.transaction():
        if not may_sequence():
            return Advance(_head().size, 0)
        head = _head()
        waiting = _take_waiting(limit)
        if not waiting:
            return Advance(head.size, 0)
        _shuffle(waiting)
        waiting.sort(key=lambda item: item.kind in {Kind.SIGN, Kind.WITHDRAW})
        _write_entries(head.size, waiting)
        move_head(head, [item.entry for item in waiting])
        count(
            [Indexed(head.size + place, item.campaign, Kind(item.kind), item.ref) for place, item in enumerate(waiting)]
        )
        return Advance(head.size + len(waiting), len(waiting))


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
            # A row that a withdrawal is taking back right now is left to it.
            cursor.execute(
                f'DELETE FROM "{_QUEUE}" WHERE id IN'  # noqa: S608  our own name
                f' (SELECT id FROM "{_QUEUE}" ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)'
                " RETURNING campaign, kind, entry, ref",
                [limit],
            )
            return [_Waiting(*row) for row in cursor.fetchall()]
        cursor.execute(f'SELECT campaign, kind, entry, ref, id FROM "{_QUEUE}" ORDER BY id LIMIT %s', [limit])  # noqa: S608  our own name
        rows = cursor.fetchall()
        if rows:
            cursor.execute(f'DELETE FROM "{_QUEUE}" WHERE id <= %s', [rows[-1][4]])  # noqa: S608  our own name
        return [_Waiting(*row[:4]) for row in rows]


def _write_entries(size: int, waiting: Sequence[_Waiting]) -> None:
    rows = [(size + place, item.campaign, item.kind, item.entry) for place, item in enumerate(waiting)]
    db.insert_many(_ENTRY, ("index", "campaign", "kind", "entry"), rows)
