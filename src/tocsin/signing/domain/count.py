"""Count: write down the index that a confirmed signature was given. The sequencer calls this."""

from collections.abc import Sequence

from django.db import connection

from tocsin import db
from tocsin.signing.models import Signature
from tocsin.signing.seat_ref import read_ref
from tocsin.signing.states import State
from tocsin.tally.domain import Indexed
from tocsin.tlog.entry import Kind

_TABLE = Signature._meta.db_table  # noqa: SLF001  the table's name is Django's to give


def count(batch: Sequence[Indexed]) -> None:
    """Move confirmed signatures to COUNTED, in the sequencer's own transaction.

    A signature that was withdrawn while its entry waited took the entry along, so every row
    is there; a row that is not would leave an entry without a signatory, which the sample
    audit names.
    """
    db.required()
    signs = [
        (item.index, item.campaign, *read_ref(item.ref))
        for item in batch
        if item.kind is Kind.SIGN and item.ref is not None
    ]
    if not signs:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            indexes, campaigns, tags, seats = map(list, zip(*signs, strict=True))
            cursor.execute(
                f'UPDATE "{_TABLE}" s SET state = %s, "index" = c.i'  # noqa: S608  our own names
                " FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[], %s::smallint[]) AS c(i, campaign, tag, seat)"
                " WHERE s.campaign_id = c.campaign AND s.tag = c.tag AND s.seat = c.seat AND s.state = %s",
                [State.COUNTED, indexes, campaigns, tags, seats, State.CONFIRMED],
            )
            return
        cursor.executemany(
            f'UPDATE "{_TABLE}" SET "index" = %s, state = {State.COUNTED:d}'  # noqa: S608  our own names
            f" WHERE campaign_id = %s AND tag = %s AND seat = %s AND state = {State.CONFIRMED:d}",
            signs,
        )
