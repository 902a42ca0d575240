"""A migration step: keep a SQLite table in the order of its primary key (WITHOUT ROWID).

A rowid counts up, so it would tell in which order people signed; and a random key would need
a second tree. PostgreSQL needs nothing of it. For rows of some hundred bytes and more see
db.insert_scattered.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_CLAUSE = "WITHOUT ROWID"


class Clustered(migrations.RunPython):
    """Rebuild one table that nothing refers to as WITHOUT ROWID, with its indexes and what is in it."""

    def __init__(self, table: str) -> None:
        def rebuild(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
            del apps
            if editor.connection.vendor != "sqlite":
                return
            with editor.connection.cursor() as cursor:
                cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
                (made_by,) = cursor.fetchone()
                if made_by.endswith(_CLAUSE):
                    return
                cursor.execute(
                    "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL", [table]
                )
                indexes = [sql for (sql,) in cursor.fetchall()]
                cursor.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_by_rowid"')
                cursor.execute(f"{made_by} {_CLAUSE}")
                cursor.execute(f'INSERT INTO "{table}" SELECT * FROM "{table}_by_rowid"')  # noqa: S608  our own names
                cursor.execute(f'DROP TABLE "{table}_by_rowid"')  # and its indexes, whose names are free now
                for sql in indexes:
                    cursor.execute(sql)

        super().__init__(rebuild, migrations.RunPython.noop)
        self.table = table

    def deconstruct(self) -> tuple[str, list[str], dict[str, Any]]:
        """Say how to write this step into a migration file."""
        return type(self).__name__, [self.table], {}
