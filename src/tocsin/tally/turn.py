"""There is one sequencer: whoever holds its place gives indexes and publishes, others stand by.

The place is a lock on a file beside the published log, and one more beside the database: of two
workers that share either, one waits. On PostgreSQL, where the workers may be on two machines,
it is a lock of the database's session, which goes with its connection.
"""

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.db import connection

from tocsin import db

# Any fixed number will do: it names the log's lock among the database's advisory locks.
_ADVISORY_LOCK = 0x746F6373
_FILE = ".sequencer"


class AnotherSequencerError(Exception):
    """Another process gives indexes and publishes."""


def may_sequence() -> bool:
    """Say whether no other session holds the log's lock, and take it for this transaction; SQLite has one writer."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        return bool(cursor.fetchone()[0])


@contextlib.contextmanager
def only_sequencer(folder: Path) -> Iterator[None]:
    """Hold the sequencer's place for the block; raises AnotherSequencerError when somebody else does.

    `folder` is the published log's. The block belongs to one thread: its database connection
    carries the lock, and once that breaks whatever is left of the block must not publish, which
    `may_sequence` and the conditional updates see to.
    """
    files = [folder / _FILE]
    if db.is_sqlite():
        files.append(Path(f"{connection.settings_dict['NAME']}{_FILE}"))
    with contextlib.ExitStack() as stack:
        for path in files:
            stack.enter_context(_locked(path))
        if connection.vendor == "postgresql":
            stack.enter_context(_session_lock())
        yield


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AnotherSequencerError from error
        yield handle  # closing it gives the lock back


@contextlib.contextmanager
def _session_lock() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_ADVISORY_LOCK])
        if not cursor.fetchone()[0]:
            raise AnotherSequencerError
    try:
        yield
    finally:
        # On a broken connection the lock is gone already; on another one there is nothing to give back.
        with contextlib.suppress(Exception), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK])
