"""PostgreSQL plans by what it last knew of a table: the worker tells it of those that grow fast.

By itself it looks once a minute. A campaign that begins in front of many people has tens of thousands
of rows by then, and each look-up by key would still read all of them, as if they were few.
"""

import time
from collections.abc import Callable

from django.db import connection

from tocsin import db

_FEW = 1_000
_REST_SECONDS = 10.0
# A table that only grows is looked at whenever it has doubled. Only its owner may have it looked at.
_CHANGED = """
    SELECT relid::regclass::text FROM pg_stat_user_tables JOIN pg_class ON pg_class.oid = relid
    WHERE schemaname = current_schema() AND n_mod_since_analyze > %s + n_live_tup / 2
    AND pg_has_role(relowner, 'USAGE')
"""


class Statistics:
    """Has tables looked at, and remembers when: one through which much passes, or that is locked, rests in between."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked_at: dict[str, float] = {}

    def keep(self) -> None:
        """Let PostgreSQL look again at tables that have changed much, waiting for nobody; SQLite's plans need none."""
        if db.is_sqlite():
            return
        with connection.cursor() as cursor:
            cursor.execute(_CHANGED, [_FEW])
            changed = [table for (table,) in cursor.fetchall() if not self._rests(table)]
            if changed:
                self._asked_at |= dict.fromkeys(changed, self._clock())
                cursor.execute(f"ANALYZE (SKIP_LOCKED) {', '.join(changed)}")

    def _rests(self, table: str) -> bool:
        asked_at = self._asked_at.get(table)
        return asked_at is not None and self._clock() - asked_at < _REST_SECONDS
