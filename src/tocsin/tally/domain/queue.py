"""Queue an entry for the log, in the transaction that makes it true."""

from collections.abc import Iterable
from typing import NamedTuple

from tocsin import db
from tocsin.tally.models import QueuedEntry
from tocsin.tlog.entry import Kind, leaf_hash

_TABLE = QueuedEntry._meta.db_table  # noqa: SLF001  the table's name is Django's to give
_AT_ONCE = 5_000
_COLUMNS = ("id", "campaign", "kind", "entry", "ref")


Row = tuple[int, int, int, bytes, bytes | None]
"""As `_COLUMNS` has it."""


class Queued(NamedTuple):
    """An entry that waits for its index; `ref` is handed back, unread, when it has one."""

    campaign: int
    kind: Kind
    entry: bytes
    ref: bytes | None = None


def queue(entries: Iterable[Queued]) -> None:
    """Let `entries` wait for the next batch; the caller's transaction makes them durable."""
    queue_rows(rows_to_queue(entries))


def rows_to_queue(entries: Iterable[Queued]) -> list[Row]:
    """Return the rows of `entries`, for `queue_rows`: hashing them is better done before a transaction is begun."""
    return [(_place(item.entry), item.campaign, int(item.kind), item.entry, item.ref) for item in entries]


def queue_rows(rows: Iterable[Row]) -> None:
    """Let entries wait whose rows were made before; the caller's transaction makes them durable."""
    db.insert_many(_TABLE, _COLUMNS, rows)


def unqueue(entry: bytes) -> bool:
    """Take back an entry that has no index yet; False says that it has one (or never waited).

    On PostgreSQL this waits for a batch that is taking the same row, so its answer is final
    within the caller's transaction.
    """
    db.required()
    gone, _ = QueuedEntry.objects.filter(id=_place(entry)).delete()
    return gone > 0


def refer_to(entry: bytes, ref: bytes) -> bool:
    """Change whom a waiting entry's index is told to; False when it has one already."""
    db.required()
    return bool(QueuedEntry.objects.filter(id=_place(entry)).update(ref=ref))


def take_waiting_of(entries: Iterable[bytes]) -> dict[bytes, Queued]:
    """Take those of `entries` that wait out of the queue, and return them by their bytes."""
    db.required()
    wanted = {_place(entry): entry for entry in entries}
    places, found = list(wanted), {}
    for begin in range(0, len(places), _AT_ONCE):
        here = QueuedEntry.objects.filter(id__in=places[begin : begin + _AT_ONCE])
        rows = here.values_list("id", "campaign", "kind", "entry", "ref")
        same = [row for row in rows if bytes(row[3]) == wanted[row[0]]]
        QueuedEntry.objects.filter(id__in=[row[0] for row in same]).delete()
        for _, campaign, kind, entry, ref in same:
            found[bytes(entry)] = Queued(campaign, Kind(kind), bytes(entry), None if ref is None else bytes(ref))
    return found


def _place(entry: bytes) -> int:
    return int.from_bytes(leaf_hash(entry)[:8], "big") >> 1
