"""Count: write down the index that a confirmed signature was given. The sequencer calls this."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter

from django.db import connection

from tocsin import db
from tocsin.signing.models import Signature
from tocsin.signing.seat_ref import read_ref
from tocsin.signing.states import State
from tocsin.tally.domain import Indexed
from tocsin.tlog.entry import Kind

_TABLE = Signature._meta.db_table  # noqa: SLF001  the table's name is Django's to give
_AT_ONCE = 64  # rows of one statement on SQLite
_Counted = tuple[int, int, bytes, int]
"""Index, campaign, tag, seat."""


def count(batch: Sequence[Indexed]) -> None:
    """Move confirmed signatures to COUNTED, in the sequencer's own transaction.

    A signature that was withdrawn while its entry waited took the entry along, so every row
    is there; a row that is not would leave an entry without a signatory, which the sample
    audit names.
    """
    db.required()
    signs = [
        (index, campaign, *read_ref(ref))
        for index, campaign, kind, ref in batch
        if kind == Kind.SIGN and ref is not None
    ]
    if not signs:
        return
    if db.is_sqlite():
        _count_on_sqlite(signs)
        return
    with connection.cursor() as cursor:
        indexes, campaigns, tags, seats = map(list, zip(*signs, strict=True))
        cursor.execute(
            f'UPDATE "{_TABLE}" s SET state = %s, "index" = c.i'  # noqa: S608  our own names
            " FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[], %s::smallint[]) AS c(i, campaign, tag, seat)"
            " WHERE s.campaign_id = c.campaign AND s.tag = c.tag AND s.seat = c.seat AND s.state = %s",
            [State.COUNTED, indexes, campaigns, tags, seats, State.CONFIRMED],
        )


def _count_on_sqlite(signs: list[_Counted]) -> None:
    """Do it with few statements, in the order of the table's key: others wait for our turn to end meanwhile."""
    signs.sort(key=itemgetter(1, 2, 3))
    with connection.wrap_database_errors:
        for begin in range(0, len(signs), _AT_ONCE):
            some = signs[begin : begin + _AT_ONCE]
            connection.connection.execute(_counting(len(some)), list(chain.from_iterable(some)))


@lru_cache(maxsize=_AT_ONCE)
def _counting(rows: int) -> str:
    marks = ", ".join(["(?, ?, ?, ?)"] * rows)
    return (
        f"WITH c(i, campaign, tag, seat) AS (VALUES {marks})"  # noqa: S608  our own names
        f' UPDATE "{_TABLE}" SET "index" = c.i, state = {State.COUNTED:d} FROM c WHERE campaign_id = c.campaign'
        f' AND "{_TABLE}".tag = c.tag AND "{_TABLE}".seat = c.seat AND state = {State.CONFIRMED:d}'
    )
