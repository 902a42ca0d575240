"""Keys that lie in files, outside the database and its backups: made once, read by all processes.

A key file is 0600 in a folder of 0700, and never half written: a reader sees it whole or not at all.
A server in sealed mode keeps its keys in another way; whoever knows that way hands it to `keep_in`, and
the paths are names then.
"""

import contextlib
import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

from tocsin.kit.framing import sub

KEY_BYTES = 32
_FOLDER_MODE = 0o700
_FILE_MODE = 0o600


class KeyFileBrokenError(Exception):
    """A key file of another length than its key: it was cut, or is not one of ours."""


class KeysSealedError(OSError):
    """The keys of this server are sealed, and nobody has opened them since it started."""

    def __init__(self) -> None:
        super().__init__("the keys of this server are sealed: 'tocsin unseal' opens them for the server that runs")


class Store(Protocol):
    """A way to keep keys by path; `read` and `make` raise KeysSealedError while it is locked."""

    def read(self, path: Path) -> bytes:
        """Return a key; raises FileNotFoundError."""

    def make(self, path: Path, key: bytes) -> None:
        """Keep `key`, unless there is one already."""

    def destroy(self, path: Path) -> bool:
        """Make a key unreadable for ever, locked or not; False when there was none."""

    def paths(self, folder: Path) -> list[Path]:
        """Return the paths of the keys in `folder`, sorted."""

    def made_at(self, path: Path) -> datetime | None:
        """Return when the file of a key was made, in UTC; None when none lies in a file."""

    def is_locked(self) -> bool:
        """Say whether somebody has to open it before keys can be read."""


class _Files:
    """The standard mode: each key lies readable in its file."""

    def read(self, path: Path) -> bytes:
        return path.read_bytes()

    def make(self, path: Path, key: bytes) -> None:
        write_new(path, key)

    def destroy(self, path: Path) -> bool:
        return destroy_file(path)

    def paths(self, folder: Path) -> list[Path]:
        return sorted(path for path in folder.glob("*.key") if not path.name.startswith("."))

    def made_at(self, path: Path) -> datetime | None:
        return file_made_at(path)

    def is_locked(self) -> bool:
        return False


_files: Store = _Files()
_choices: list[Callable[[Path], Store | None]] = []


def keep_in(choose: Callable[[Path], Store | None]) -> None:
    """Ask `choose` for the store of a key folder from now on; None means files as they are."""
    _choices[:] = [choose]


def _store() -> Store:
    return next((store for choose in _choices if (store := choose(keys_dir()))), _files)


def is_locked() -> bool:
    """Say whether this server's keys are sealed and not opened yet: nothing can be taken or mailed."""
    return _store().is_locked()


def paths(folder: Path) -> list[Path]:
    """Return the paths of the keys that lie in a folder, sorted."""
    return _store().paths(folder)


def made_at(path: Path) -> datetime | None:
    """Return when the file of the key in `path` was made, in UTC; None when there is none."""
    return _store().made_at(path)


def keys_dir() -> Path:
    """Return the folder of this server's keys."""
    return Path(settings.KEYS_DIR)


def read(path: Path, size: int = KEY_BYTES) -> bytes:
    """Return the key in `path`; raises FileNotFoundError, KeyFileBrokenError for another length, or KeysSealedError."""
    key = _store().read(path)
    if len(key) != size:
        message = f"{path} holds {len(key)} bytes where a key has {size}: put the right file back"
        raise KeyFileBrokenError(message)
    return key


def read_or_make(path: Path, size: int = KEY_BYTES) -> bytes:
    """Return the key in `path`, made with `size` random bytes if there is none yet.

    Of several processes that start at once one makes it and all return the same.
    """
    try:
        return read(path, size)
    except FileNotFoundError:
        _store().make(path, secrets.token_bytes(size))
        return read(path, size)


def destroy(path: Path) -> bool:
    """Destroy the key in `path`; False when there was none."""
    return _store().destroy(path)


def destroy_file(path: Path) -> bool:
    """Overwrite and remove a file; False when there was none.

    Overwriting is the best a program can do: a disk that keeps old blocks may still hold the
    bytes, which is why a server's disk should be encrypted as well.
    """
    try:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return False
    path.unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def file_made_at(path: Path) -> datetime | None:
    """Return when a file was written, in UTC; None when there is none."""
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def server_key(purpose: str) -> bytes:
    """Return this server's 32-byte key for one purpose; keys of two purposes say nothing of each other."""
    return sub(_server_root(keys_dir()), purpose)


@cache
def _server_root(folder: Path) -> bytes:
    return read_or_make(folder / "server.key")


def write_new(path: Path, content: bytes) -> None:
    """Write a file that only we read, whole and durable, unless it is there already."""
    _make_folder(path.parent)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with open(fresh, "xb", opener=_private) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    # A hard link either makes the name or fails: a rename would let a slower process replace
    # the key that a faster one has already used.
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(fresh)
    fresh.unlink()
    sync_folder(path.parent)


def _make_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it, each for its owner alone; mkdir's mode is the last one's only."""
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(mode=_FOLDER_MODE, exist_ok=True)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, _FILE_MODE)


def sync_folder(folder: Path) -> None:
    """Make a new or removed name durable: a key that was used must not vanish with the power."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
