"""Transactions under honest names, and the two bulk writes that the ORM is too slow for.

The words are django-subatomic's: a *transaction* is begun here and durable at its end; a
function that only makes sense inside one says `required`; what must wait for the commit is
given to `after_commit`.
"""

import contextlib
import fcntl
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import IO, Any

from django.db import connection
from django.db import transaction as django_transaction

Row = Sequence[Any]
_MOST_ROWS = 64  # of one statement on SQLite
# A rowid has 63 bits: 2^43 places for batches of up to 2^20 rows. Two batches that met would
# break a unique key, and be tried again.
_PLACE_BITS, _BATCH_BITS = 43, 20


def is_sqlite() -> bool:
    """Say whether the default database is the embedded one."""
    return connection.vendor == "sqlite"


@contextlib.contextmanager
def transaction() -> Iterator[None]:
    """Begin a transaction that is on the disk when the block ends; it cannot be nested."""
    with turn(), django_transaction.atomic(durable=True):
        yield


def required() -> None:
    """Fail loudly when the caller forgot to begin a transaction."""
    if not connection.in_atomic_block:
        message = "this verb writes more than one row: call it inside db.transaction()"
        raise RuntimeError(message)


def after_commit(call: Callable[[], object]) -> None:
    """Run `call` once the surrounding transaction is durable; never if it is rolled back."""
    django_transaction.on_commit(call)


class _LockFile:
    """An open file to lock; closed with the thread that opened it."""

    def __init__(self, path: str) -> None:
        self.handle: IO[bytes] = Path(path).open("ab")  # noqa: SIM115  stays open as long as its thread
        self.process = os.getpid()

    def __del__(self) -> None:
        self.handle.close()


class _Turn(threading.local):
    """This thread's handle on the file lock that writers of one SQLite database queue on."""

    file: _LockFile | None = None
    path: str = ""
    is_ours: bool = False


_held = _Turn()


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """Wait for this writer's turn on SQLite, and keep it through the block; PostgreSQL needs none.

    SQLite's own busy loop sleeps, a file lock wakes at once. `transaction` takes a turn by itself;
    who wants to choose what to write only when it is their turn, takes it around the transaction.
    """
    name = str(connection.settings_dict["NAME"])
    is_alone = not is_sqlite() or ":memory:" in name or "mode=memory" in name
    if is_alone or _held.is_ours or connection.in_atomic_block:
        yield
        return
    # A lock is the open file's, so a forked process needs one of its own to be kept out by its parent's.
    if _held.file is None or _held.path != name or _held.file.process != os.getpid():
        _held.file, _held.path = _LockFile(f"{name}.turn"), name
    handle = _held.file.handle
    fcntl.flock(handle, fcntl.LOCK_EX)
    _held.is_ours = True
    try:
        yield
    finally:
        _held.is_ours = False
        fcntl.flock(handle, fcntl.LOCK_UN)


def insert_scattered(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert wide `rows` so that their place tells nothing of when they came.

    SQLite would count them, and keep the count (docs/decisions/0003). Here each batch lies
    side by side at a random place; the caller gives it in an order that tells nothing either.
    PostgreSQL chooses places itself.
    """
    if is_sqlite():
        first = scattered_place()
        columns = (*columns, "rowid")
        rows = [(*row, first + number) for number, row in enumerate(rows)]
    insert_many(table, columns, rows)


def scattered_place() -> int:
    """Return the rowid of a batch's first row, at random, with room behind it for a million more."""
    return secrets.randbits(_PLACE_BITS) << _BATCH_BITS


def insert_many(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert `rows` by the fastest road that still runs every constraint.

    `table` and `columns` are ours, never typed by anyone. COPY on PostgreSQL (Citus takes it
    too), statements of many rows on SQLite.
    """
    required()
    if is_sqlite():
        _insert_together(table, tuple(columns), list(rows))
        return
    types = _types_of(table, tuple(columns))
    with connection.cursor() as cursor:
        # In binary: as text, each byte of what is sealed would be two letters, for both sides to write and read.
        copying = cursor.copy(f'COPY "{table}" ({_quoted(columns)}) FROM STDIN (FORMAT BINARY)')  # psycopg's own
        # Django names the errors of its own calls only; a broken constraint is found out at the end of this one.
        with connection.wrap_database_errors, copying as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)


@lru_cache(maxsize=64)
def _types_of(table: str, columns: tuple[str, ...]) -> tuple[int, ...]:
    """Return PostgreSQL's numbers for the types of some columns; they stay as long as a process lives."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {_quoted(columns)} FROM "{table}" LIMIT 0')  # noqa: S608  our own names
        return tuple(column.type_code for column in cursor.description)


def insert_at_once(table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert a few hundred narrow rows on SQLite, all of them or none.

    After an IntegrityError the transaction goes on as if this had not been tried.
    """
    required()
    with connection.wrap_database_errors:
        connection.connection.execute(_insertion(table, tuple(columns), len(rows)), list(chain.from_iterable(rows)))


def _insert_together(table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    """Insert many rows with few statements.

    A statement a row would give up the interpreter's lock for each, and wait to get it back
    behind the thread that reads the next forms, while other processes wait for our turn to end.
    """
    # At the most one shape for each number of rows up to the limit: all of them stay prepared.
    for first in range(0, len(rows), _MOST_ROWS):
        batch = rows[first : first + _MOST_ROWS]
        with connection.wrap_database_errors:
            connection.connection.execute(_insertion(table, columns, len(batch)), list(chain.from_iterable(batch)))


@lru_cache(maxsize=1024)
def _insertion(table: str, columns: tuple[str, ...], rows: int) -> str:
    marks = f"({', '.join('?' * len(columns))})"
    return f'INSERT INTO "{table}" ({_quoted(columns)}) VALUES {", ".join([marks] * rows)}'  # noqa: S608  our own names


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
