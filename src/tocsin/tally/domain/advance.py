"""The sequencer's one step: give what waits its index in the log.

Crash points: everything happens in one transaction. Dying before its commit leaves the queue
as it was; dying after it leaves entries, rows and numbers that agree. There is no third case.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.db.models import F

from tocsin import db
from tocsin.tally.models import Count, Entry, Head, QueuedEntry
from tocsin.tlog.entry import Kind

# Any fixed number will do: it names the log's lock among the database's advisory locks.
_ADVISORY_LOCK = 0x746F6373
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
        if not _is_alone():
            return Advance(_size(), 0)
        size = _size()
        waiting = _take_waiting(limit)
        if not waiting:
            return Advance(size, 0)
        _shuffle(waiting)
        waiting.sort(key=lambda item: item.kind in {Kind.SIGN, Kind.WITHDRAW})
        _write_entries(size, waiting)
        _add_up(waiting)
        _move_head(size, size + len(waiting))
        count([Indexed(size + place, item.campaign, Kind(item.kind), item.ref) for place, item in enumerate(waiting)])
        return Advance(size + len(waiting), len(waiting))


def _is_alone() -> bool:
    """Say whether no other sequencer is at work; SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        return bool(cursor.fetchone()[0])


def _size() -> int:
    head, _ = Head.objects.get_or_create(id=1)
    return head.size


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


def _add_up(waiting: Sequence[_Waiting]) -> None:
    signs = Counter(item.campaign for item in waiting if item.kind == Kind.SIGN)
    withdrawals = Counter(item.campaign for item in waiting if item.kind == Kind.WITHDRAW)
    for campaign in signs.keys() | withdrawals.keys():
        Count.objects.get_or_create(campaign=campaign)
        Count.objects.filter(campaign=campaign).update(
            signs=F("signs") + signs[campaign], withdrawals=F("withdrawals") + withdrawals[campaign]
        )


def _move_head(old: int, new: int) -> None:
    if not Head.objects.filter(size=old).update(size=new):
        # Unreachable under the lock; if it ever happens, nothing of this step may stay.
        message = f"the log is no longer of size {old}: another sequencer moved it"
        raise RuntimeError(message)
