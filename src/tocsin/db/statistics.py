"""PostgreSQL plans by what it last knew of a table: the worker tells it of those that grow fast.

By itself it looks once a minute. A campaign that begins in front of many people has tens of thousands
of rows by then, and each look-up by key would still read all of them, as if they were few.
"""

from django.db import connection

from tocsin import db

_FEW = 1_000
_REST_SECONDS = 10.0
# A table that only grows is looked at whenever it has doubled; one through which much passes rests in between.
_CHANGED = """
    SELECT relid::regclass::text FROM pg_stat_user_tables
    WHERE schemaname = current_schema() AND n_mod_since_analyze > %s + n_live_tup / 2
    AND coalesce(greatest(last_analyze, last_autoanalyze) <= now() - make_interval(secs => %s), true)
"""


def keep_statistics() -> None:
    """Let PostgreSQL look again at tables that have changed much, waiting for nobody; SQLite's plans need none."""
    if db.is_sqlite():
        return
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [_FEW, _REST_SECONDS])
        changed = [table for (table,) in cursor.fetchall()]
        if changed:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {', '.join(changed)}")
