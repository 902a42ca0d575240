"""Entries as the database keeps them, in the order of the log."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.db import connection

from tocsin.tally.models import Entry
from tocsin.tally.refusals import LogRefusal, LogRefusedError
from tocsin.tlog.hashing import leaf_hashes

_TABLE = Entry._meta.db_table  # noqa: SLF001  the table's name is Django's to give
# Whole tiles of the first two levels: what is written piece by piece has few partial tiles in between.
PIECE = 65_536


class Piece(NamedTuple):
    """Neighbouring entries, with their hashes and the campaigns they belong to; columns, for there may be millions."""

    campaigns: Sequence[int]
    entries: Sequence[bytes]
    leaves: Sequence[bytes]


def stored_entries(begin: int, end: int) -> Iterator[Piece]:
    """Yield the entries from index `begin` to `end`, in pieces that end at multiples of PIECE.

    Raises LogRefusedError when one of them is missing.
    """
    while begin < end:
        stop = min(end, (begin // PIECE + 1) * PIECE)
        yield _piece(begin, stop)
        begin = stop


def _piece(begin: int, end: int) -> Piece:
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT campaign, entry FROM "{_TABLE}" WHERE "index" >= %s AND "index" < %s ORDER BY "index"',  # noqa: S608  our own name
            [begin, end],
        )
        found = cursor.fetchall()
    if len(found) != end - begin:
        raise LogRefusedError(LogRefusal.ENTRY_DIFFERS, f"{end - begin - len(found)} are missing from {begin} on")
    campaigns, stored = zip(*found, strict=True)
    entries = list(map(bytes, stored))
    return Piece(campaigns, entries, leaf_hashes(entries))
