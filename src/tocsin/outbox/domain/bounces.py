"""Count letters that were given up, by day, provider, answer and batch; never by address."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from tocsin import db
from tocsin.outbox.batches import batch_of

_UPSERT = """
    INSERT INTO outbox_bounce ("on", provider, answer, batch, letters) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT ("on", provider, answer, batch) DO UPDATE SET letters = outbox_bounce.letters + excluded.letters
"""


class Refused(NamedTuple):
    """A letter that was given up: by which provider, with which answer, and of which kind it was."""

    provider: str
    answer: str
    kind: str = ""


def record_bounces(bounces: Iterable[Refused], *, now: datetime) -> None:
    """Add letters to the day's lines; inside a transaction."""
    db.required()
    # Sorted, so that two workers on PostgreSQL lock the lines in one order.
    lines = sorted(Counter((one.provider, str(one.answer), batch_of(one.kind)) for one in bounces).items())
    if not lines:
        return
    day = now.date().isoformat()
    with connection.cursor() as cursor:
        cursor.executemany(_UPSERT, [(day, *line, letters) for line, letters in lines])
