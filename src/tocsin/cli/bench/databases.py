"""The databases of a benchmark: fresh ones each time, gone afterwards."""

import contextlib
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tocsin.cli.bench.processes import BenchError


class Databases:
    """Makes databases: files in a folder, or databases of one PostgreSQL server beside the one named."""

    def __init__(self, address: str, folder: Path) -> None:
        self._address = address
        self._folder = folder
        self._made: list[str] = []
        self._mark = secrets.token_hex(4)

    @property
    def is_postgres(self) -> bool:
        """Say whether they are PostgreSQL's."""
        return self._address.startswith("postgres")

    def make(self, name: str) -> str:
        """Make a database; return what goes into DATABASE_URL ("" for the one in the data folder)."""
        if not self.is_postgres:
            return ""
        return self._create(name, "template0")

    def copy(self, name: str, *, source: str, target: str) -> str:
        """Copy a database that nobody is connected to.

        `source` and `target` are the data folders' names. Returns what `make` would.
        """
        if self.is_postgres:
            return self._create(name, urlsplit(source).path.lstrip("/"))
        with contextlib.closing(sqlite3.connect(source)) as ours, contextlib.closing(sqlite3.connect(target)) as theirs:
            ours.backup(theirs)
            theirs.execute("PRAGMA journal_mode=WAL")
        return ""

    def drop_all(self) -> None:
        """Drop what was made on the server; files go with their folder."""
        for database in self._made:
            self._tell(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def version(self) -> str:
        """Return the server's version, or nothing for SQLite."""
        if not self.is_postgres:
            return ""
        with self._connected() as connection:
            return str(connection.info.parameter_status("server_version"))

    def _create(self, name: str, template: str) -> str:
        database = f"tocsin_bench_{self._mark}_{name}"
        self._tell(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        self._made.append(database)
        return urlunsplit(urlsplit(self._address)._replace(path=f"/{database}"))

    def _tell(self, statement: str) -> None:
        with self._connected() as connection:
            connection.execute(statement.encode())

    @contextlib.contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        try:
            connection = psycopg.connect(self._address, autocommit=True)
        except psycopg.OperationalError as error:
            message = f"--database: cannot connect ({str(error).strip().splitlines()[0]})"
            raise BenchError(message) from error
        with contextlib.closing(connection):
            yield connection
