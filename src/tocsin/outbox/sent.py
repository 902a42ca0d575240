"""Which letters were sent: written down before the next mail of the same line, so that a kill repeats one at most.

On PostgreSQL the row is deleted at once, without waiting for the disk: a killed worker takes
nothing with it that the server has been told. On SQLite a delete a mail would queue with
every signature for the one writer's turn, so the ids go to a file first, and in batches to
the database.

Crash points of the ledger, which is what the file is called: a mail is sent, then its id is
written (8 bytes, which survive a killed process), then the rows are deleted durably, then the
file is removed. Killed before the write: one mail a line comes twice. Killed after it: the next start
finds the file and deletes the rows before it claims anything. Ids never come back, so deleting
twice is harmless. Only when the machine loses its power may the last half second of mails come twice.
The file's place on the disk is taken beforehand, so a full disk cannot make a sent mail forgotten.
"""

import fcntl
import os
import threading
from pathlib import Path
from typing import IO, Protocol

from django.db import connection

from tocsin import db
from tocsin.outbox.domain.settle import remove_sent

_ID_BYTES = 8
_FILE_BYTES = 65_536


class AnotherSenderError(Exception):
    """Another process sends this SQLite database's mail."""


class SentRegister(Protocol):
    """Remembers sent letters until their rows are gone."""

    def begin_thread(self) -> None:
        """Prepare the calling thread's database connection."""

    def record(self, letter: int) -> None:
        """Remember, so that it survives a kill, that a letter was sent."""

    def is_recorded(self, letter: int) -> bool:
        """Say whether a letter was sent although its row is still there."""

    def flush(self) -> None:
        """Remove the rows of what was recorded."""

    def close(self) -> None:
        """Flush, and let another process take over."""


def open_register() -> SentRegister:
    """Return the register of the database in use; raise AnotherSenderError when there may be one only."""
    if db.is_sqlite():
        return SentLedger(Path(str(connection.settings_dict["NAME"])))
    return SentRows()


class SentRows:
    """On PostgreSQL: a sent letter's row is deleted at once."""

    def begin_thread(self) -> None:
        """Let commits of this thread's connection not wait for the disk: they outlive us, if not the power."""
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")

    def record(self, letter: int) -> None:
        """Delete the letter's row."""
        remove_sent([letter])

    def is_recorded(self, letter: int) -> bool:
        """Say no: a recorded letter has no row."""
        del letter
        return False

    def flush(self) -> None:
        """Do nothing: no row waits."""

    def close(self) -> None:
        """Do nothing: nothing is held."""


class SentLedger:
    """On SQLite: ids appended to files beside the database, whose rows are deleted in batches."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._sender = _only_sender(database.with_name(f"{database.name}.sender"))
        self._waiting: dict[Path, list[int]] = {path: _ids_in(path) for path in self._files()}
        self._recorded = {letter for ids in self._waiting.values() for letter in ids}
        self._number = 0
        self._path, self._handle = self._next_file()
        self.flush()

    def begin_thread(self) -> None:
        """Let this thread's claims not wait for the disk: one that a power cut undoes is claimed again."""
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = NORMAL")

    def record(self, letter: int) -> None:
        """Write the letter's id behind the others."""
        with self._lock:
            ids = self._waiting.setdefault(self._path, [])
            os.pwrite(self._handle, letter.to_bytes(_ID_BYTES, "big"), len(ids) * _ID_BYTES)
            ids.append(letter)
            self._recorded.add(letter)

    def is_recorded(self, letter: int) -> bool:
        """Say whether the letter was sent and its row not yet deleted."""
        return letter in self._recorded

    def flush(self) -> None:
        """Delete the rows of recorded letters, durably, and then the files that named them."""
        with self._flushing:
            with self._lock:
                if self._path in self._waiting:
                    path, handle = self._next_file()
                    os.close(self._handle)
                    self._path, self._handle = path, handle
                full = {path: ids for path, ids in self._waiting.items() if path != self._path}
            for path, ids in full.items():
                with db.transaction():
                    remove_sent(sorted(ids))
                path.unlink()
                with self._lock:
                    del self._waiting[path]
                    self._recorded.difference_update(ids)

    def close(self) -> None:
        """Flush, remove the empty file and give up the sender's place."""
        self.flush()
        os.close(self._handle)
        self._path.unlink(missing_ok=True)
        self._sender.close()

    def _files(self) -> list[Path]:
        return sorted(self._database.parent.glob(f"{self._database.name}.sent-*"))

    def _next_file(self) -> tuple[Path, int]:
        while True:
            self._number += 1
            path = self._database.with_name(f"{self._database.name}.sent-{self._number:06}")
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:  # left by a worker that was killed; its rows go first
                continue
            os.posix_fallocate(handle, 0, _FILE_BYTES)
            return path, handle


def _ids_in(path: Path) -> list[int]:
    """Return the ids in a ledger's file; the noughts behind them are room that was never used."""
    raw = path.read_bytes()
    ids = (int.from_bytes(raw[at : at + _ID_BYTES], "big") for at in range(0, len(raw), _ID_BYTES))
    return [letter for letter in ids if letter]


def _only_sender(path: Path) -> IO[bytes]:
    handle = path.open("ab")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        message = "another process sends this database's mail"
        raise AnotherSenderError(message) from error
    return handle
