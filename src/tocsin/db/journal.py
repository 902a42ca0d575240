"""SQLite's journal (its write-ahead log): the worker moves written pages to their places, beside those who write.

Left to itself, SQLite lets whoever commits past a limit move thousands of pages and wait for the
disk within their turn, while everybody who signs stands behind.
"""

from django.db import connection

from tocsin import db

# 64 MB, the settings' journal_size_limit.
_LONG = 16_000


def settle_journal() -> None:
    """Move written pages to their places, and let a long journal begin anew; PostgreSQL does so by itself.

    Crash points: none. A page counts as moved once it is on the disk; until then it is read from the journal.
    """
    if not db.is_sqlite():
        return
    if _move() > _LONG:
        # It begins anew only when nothing of it is left to move: writers wait for the little that came meanwhile.
        with db.turn():
            _move()


def _move() -> int:
    """Move what is committed, waiting for nobody; return how many pages the journal holds."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        _, pages, _ = cursor.fetchone()
    return int(pages)
