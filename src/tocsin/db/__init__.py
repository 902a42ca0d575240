"""Transactions under honest names, and the two bulk writes that the ORM is too slow for.

The words are django-subatomic's: a *transaction* is begun here and durable at its end; a
function that only makes sense inside one says `required`; what must wait for the commit is
given to `after_commit`.
"""

import contextlib
import fcntl
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from django.db import connection
from django.db import transaction as django_transaction

Row = Sequence[Any]


def is_sqlite() -> bool:
    """Say whether the default database is the embedded one."""
    return connection.vendor == "sqlite"


@contextlib.contextmanager
def transaction() -> Iterator[None]:
    """Begin a transaction that is on the disk when the block ends; it cannot be nested."""
    with _turn(), django_transaction.atomic(durable=True):
        yield


def required() -> None:
    """Fail loudly when the caller forgot to begin a transaction."""
    if not connection.in_atomic_block:
        message = "this verb writes more than one row: call it inside db.transaction()"
        raise RuntimeError(message)


def after_commit(call: Callable[[], object]) -> None:
    """Run `call` once the surrounding transaction is durable; never if it is rolled back."""
    django_transaction.on_commit(call)


class _Turn(threading.local):
    """This thread's handle on the file lock that writers of one SQLite database queue on."""

    handle: IO[bytes] | None = None
    path: str = ""


_held = _Turn()


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """Wait for this writer's turn: SQLite's own busy loop sleeps, a file lock wakes at once."""
    name = str(connection.settings_dict["NAME"])
    if not is_sqlite() or ":memory:" in name or "mode=memory" in name or connection.in_atomic_block:
        yield
        return
    if _held.handle is None or _held.path != name:
        _held.handle, _held.path = Path(f"{name}.turn").open("ab"), name
    fcntl.flock(_held.handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(_held.handle, fcntl.LOCK_UN)


def insert_many(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert `rows` by the fastest road that still runs every constraint.

    `table` and `columns` are ours, never typed by anyone. COPY on PostgreSQL (Citus takes it
    too), executemany on SQLite.
    """
    required()
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:  # type: ignore[attr-defined]  # psycopg's own
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(rows))  # noqa: S608  our own names
