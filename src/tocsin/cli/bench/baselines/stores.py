"""The two databases as the bare baseline writes to them: one durable transaction a batch, no ORM."""

import contextlib
import fcntl
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import psycopg

from tocsin.cli.bench.baselines.rows import Plan, maker
from tocsin.seal.tokens import from_text, token_hash

PENDING = "signing_pendingsignature"
SIGNATURE = "signing_signature"
LISTING = "signing_listing"
# What a signature has of its own, behind the columns that it shares with the pending row.
OWN_COLUMNS = ("seat", "state", "signed_on", "listing")

Rows = Sequence[tuple[Any, ...]]


class _Database(Protocol):
    """One connection; each method is one statement, inside `transaction`."""

    def transaction(self) -> contextlib.AbstractContextManager[None]: ...

    def insert(self, table: str, columns: Sequence[str], rows: Rows) -> None: ...

    def pending(self, columns: Sequence[str], keys: Sequence[bytes]) -> Rows: ...

    def drop_pending(self, keys: Sequence[bytes]) -> None: ...

    def close(self) -> None: ...


class Store:
    """Makes batches of requests durable."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._makers = [(copied, maker(copied)) for copied in plan.copies]
        is_postgres = plan.database.startswith("postgres")
        self._database: _Database = _Postgres(plan.database) if is_postgres else _Sqlite(plan.database)

    def commit(self, paths: Sequence[bytes]) -> None:
        """Write what the requests to `paths` stand for, in one transaction."""
        with self._database.transaction():
            if self._plan.does == "sign":
                for copied, make in self._makers:
                    self._database.insert(copied.table, copied.columns, make(len(paths)))
            else:
                self._move(_keys(paths))

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _move(self, keys: Sequence[bytes]) -> None:
        """Confirm as barely as can be: no look whether a seat is free, the rows moved as they are."""
        for copied, make in self._makers:
            if copied.table == SIGNATURE:
                shared = copied.columns[: -len(OWN_COLUMNS)]
                own = copied.rows[0][-len(OWN_COLUMNS) :]
                found = self._database.pending(shared, keys)
                self._database.drop_pending(keys)
                self._database.insert(copied.table, copied.columns, sorted((*row, *own) for row in found))
                shown = sum(row[shared.index("public_part")] is not None for row in found)
            elif copied.table == LISTING:
                self._database.insert(copied.table, copied.columns, make(shown))
            else:
                self._database.insert(copied.table, copied.columns, make(len(found)))


def _keys(paths: Sequence[bytes]) -> list[bytes]:
    tokens = [from_text(path.rpartition(b"/")[2].decode("ascii")) for path in paths]
    return [token_hash(token) for token in tokens if token is not None]


class _Sqlite:
    """WAL and synchronous=FULL, as Tocsin has it; processes queue on a file lock, as Tocsin's do."""

    def __init__(self, path: str) -> None:
        self._turn = Path(f"{path}.turn").open("ab")  # noqa: SIM115  held as long as the connection
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=FAST", "cache_size=-65536"):
            self._connection.execute(f"PRAGMA {pragma}")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        finally:
            fcntl.flock(self._turn, fcntl.LOCK_UN)

    def insert(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        marks = ", ".join("?" * len(columns))
        self._connection.executemany(f"INSERT INTO {table} ({_quoted(columns)}) VALUES ({marks})", rows)  # noqa: S608  our own names

    def pending(self, columns: Sequence[str], keys: Sequence[bytes]) -> Rows:
        marks = ", ".join("?" * len(keys))
        query = f"SELECT {_quoted(columns)} FROM {PENDING} WHERE token_hash IN ({marks})"  # noqa: S608  our own names
        return self._connection.execute(query, keys).fetchall()

    def drop_pending(self, keys: Sequence[bytes]) -> None:
        marks = ", ".join("?" * len(keys))
        self._connection.execute(f"DELETE FROM {PENDING} WHERE token_hash IN ({marks})", keys)  # noqa: S608  our own name

    def close(self) -> None:
        self._connection.close()
        self._turn.close()


class _Postgres:
    """synchronous_commit=on and COPY, as Tocsin has it."""

    def __init__(self, address: str) -> None:
        self._connection = psycopg.connect(address, autocommit=True)
        self._connection.execute("SET synchronous_commit = on")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        with self._connection.transaction():
            yield

    def insert(self, table: str, columns: Sequence[str], rows: Rows) -> None:
        statement = f"COPY {table} ({_quoted(columns)}) FROM STDIN"
        with self._connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for row in rows:
                copy.write_row(row)

    def pending(self, columns: Sequence[str], keys: Sequence[bytes]) -> Rows:
        query = f"SELECT {_quoted(columns)} FROM {PENDING} WHERE token_hash = ANY(%s) FOR UPDATE"  # noqa: S608  our own names
        return self._connection.execute(query.encode(), [list(keys)]).fetchall()

    def drop_pending(self, keys: Sequence[bytes]) -> None:
        self._connection.execute(f"DELETE FROM {PENDING} WHERE token_hash = ANY(%s)".encode(), [list(keys)])  # noqa: S608  our own name

    def close(self) -> None:
        self._connection.close()


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
