"""Forget addresses that no mail was sent to for 30 days: their caps count nothing any more."""

from datetime import datetime

from django.db import connection

from tocsin import db
from tocsin.outbox.caps import MONTH_HOURS, hour_of, packed

_ROWS_AT_ONCE = 5_000
_NEXT_BOUND = "SELECT address FROM outbox_mailcap WHERE address > %s ORDER BY address LIMIT 1 OFFSET %s"
# The last four bytes are the newest mail's hour; big-endian bytes sort as numbers do.
_FORGET = """
    DELETE FROM outbox_mailcap
    WHERE address > %s AND address <= %s AND NOT never_write AND substr(sent_at, {start}, 4) < %s
"""
_AFTER_ALL = b"\xff" * 33


def forget_caps(*, now: datetime) -> int:
    """Remove the rows that count nothing any more; return how many. Who asked for no mails stays.

    A few thousand rows a transaction, so that nobody who signs waits for long.
    """
    start = "-4" if connection.vendor == "sqlite" else "greatest(length(sent_at) - 3, 1)"
    oldest = packed([hour_of(now) - MONTH_HOURS])
    forgotten, lower = 0, b""
    while lower != _AFTER_ALL:
        upper = _bound_after(lower)
        with db.transaction(), connection.cursor() as cursor:
            cursor.execute(_FORGET.format(start=start), [lower, upper, oldest])
            forgotten += cursor.rowcount
        lower = upper
    return forgotten


def _bound_after(lower: bytes) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_BOUND, [lower, _ROWS_AT_ONCE - 1])
        found = cursor.fetchone()
    return bytes(found[0]) if found else _AFTER_ALL
