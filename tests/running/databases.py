"""A look into a running server's database from outside, past the program."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg


class Database:
    """The database of one server: PostgreSQL at `cluster_url`, or SQLite in the server's folder."""

    def __init__(self, cluster_url: str, folder: Path) -> None:
        self._url = f"{cluster_url}/postgres" if cluster_url else ""
        self._path = folder / "data" / "tocsin.sqlite3"

    def execute(self, statement: str) -> None:
        """Run one statement and commit it."""
        if self._url:
            with psycopg.connect(self._url) as cluster:
                cluster.execute(statement.encode())
            return
        with contextlib.closing(sqlite3.connect(self._path, timeout=30)) as connection, connection:
            connection.execute(statement)

    @contextlib.contextmanager
    def without(self, table: str) -> Iterator[None]:
        """Take a table away for a moment, so that what needs it fails."""
        self.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
        try:
            yield
        finally:
            self.execute(f"ALTER TABLE {table}_away RENAME TO {table}")
