"""Move pending rows among the signatures within the database: what is sealed passes through no hands of ours."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection

from tocsin import db
from tocsin.signing.domain.store import PENDING_COLUMNS
from tocsin.signing.models import PendingSignature, Signature

_PENDING = PendingSignature._meta.db_table  # noqa: SLF001  the table's name is Django's to give
_SIGNATURE = Signature._meta.db_table  # noqa: SLF001  as above
# All but the day it was taken: the day it was confirmed counts.
_MOVED = tuple(column for column in PENDING_COLUMNS if column != "taken_on")
_COLUMNS = ", ".join(_MOVED)
_PENDING_COLUMNS = ", ".join(f"p.{column}" for column in _MOVED)
_AT_ONCE = 64  # rows of one statement on SQLite
_NOT_HELD = -1


class Move(NamedTuple):
    """A pending row that becomes a signature; `hold` is what its hold was seen to be."""

    token_hash: bytes
    hold: int | None
    seat: int
    state: int
    listing: int | None


class OutdatedError(Exception):
    """A row is gone, or held for another reason than the one that was seen."""


def move(moves: Sequence[Move], *, on: date) -> None:
    """Move rows in the caller's transaction, which ends without them when it raises OutdatedError.

    `moves` come in an order that tells nothing of who came when.
    """
    db.required()
    day = connection.ops.adapt_datefield_value(on)
    seen = [one if one.hold is not None else one._replace(hold=_NOT_HELD) for one in moves]
    if (_copy_on_sqlite if db.is_sqlite() else _copy_on_postgres)(seen, day) != len(moves):
        raise OutdatedError
    marks = ", ".join(["%s"] * len(moves))
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{_PENDING}" WHERE token_hash IN ({marks})', [one.token_hash for one in moves])  # noqa: S608  our own name


def _copy_on_sqlite(moves: Sequence[Move], day: Any) -> int:
    """Copy rows side by side to a place that tells nothing; return how many were there."""
    first, copied = db.scattered_place(), 0
    with connection.wrap_database_errors:
        for begin in range(0, len(moves), _AT_ONCE):
            some = moves[begin : begin + _AT_ONCE]
            values = chain.from_iterable((*one, first + begin + number) for number, one in enumerate(some))
            copied += connection.connection.execute(_copying(len(some)), [*values, day]).rowcount
    return copied


@lru_cache(maxsize=_AT_ONCE)
def _copying(rows: int) -> str:
    marks = ", ".join(["(?, ?, ?, ?, ?, ?)"] * rows)
    # INSERT before WITH: Python counts the rows of what begins so.
    return (
        f'INSERT INTO "{_SIGNATURE}" ({_COLUMNS}, seat, state, listing, rowid, signed_on)'  # noqa: S608  our own names
        f" WITH c(token_hash, hold, seat, state, listing, place) AS (VALUES {marks})"
        f' SELECT {_PENDING_COLUMNS}, c.seat, c.state, c.listing, c.place, ? FROM c CROSS JOIN "{_PENDING}" p'
        f" WHERE p.token_hash = c.token_hash AND coalesce(p.hold, {_NOT_HELD}) = c.hold"
    )


def _copy_on_postgres(moves: Sequence[Move], day: Any) -> int:
    """Copy rows in the order of their key; return how many were there."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{_SIGNATURE}" ({_COLUMNS}, seat, state, listing, signed_on)'  # noqa: S608  our own names
            f" SELECT {_PENDING_COLUMNS}, c.seat, c.state, c.listing, %s"
            " FROM unnest(%s::bytea[], %s::smallint[], %s::smallint[], %s::smallint[], %s::bigint[])"
            f' AS c(token_hash, hold, seat, state, listing) JOIN "{_PENDING}" p ON p.token_hash = c.token_hash'
            f" AND coalesce(p.hold, {_NOT_HELD}) = c.hold ORDER BY p.campaign_id, p.tag",
            [day, *map(list, zip(*moves, strict=True))],
        )
        return int(cursor.rowcount)
