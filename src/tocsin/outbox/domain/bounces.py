"""Count letters that were given up, by day, provider and answer; never by address."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from tocsin import db

_UPSERT = """
    INSERT INTO outbox_bounce ("on", provider, answer, letters) VALUES (%s, %s, %s, %s)
    ON CONFLICT ("on", provider, answer) DO UPDATE SET letters = outbox_bounce.letters + excluded.letters
"""


def record_bounces(bounces: Iterable[tuple[str, str]], *, now: datetime) -> None:
    """Add letters, each a provider and an answer, to the day's lines; inside a transaction."""
    db.required()
    # Sorted, so that two workers on PostgreSQL lock the lines in one order.
    lines = sorted(Counter(bounces).items())
    if not lines:
        return
    day = now.date().isoformat()
    with connection.cursor() as cursor:
        cursor.executemany(_UPSERT, [(day, provider, answer, letters) for (provider, answer), letters in lines])
