"""Post letters: they go into the table in the transaction that made them necessary."""

from collections.abc import Iterable

from tocsin import db
from tocsin.outbox.sealing import COLUMNS, LetterRow


def post(rows: Iterable[LetterRow]) -> None:
    """Put sealed letters into the queue, inside the caller's transaction: both happen or neither."""
    db.insert_many("outbox_letter", COLUMNS, rows)
