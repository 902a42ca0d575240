"""Keys that lie in files, outside the database and its backups: made once, read by all processes.

A key file is 0600 in a folder of 0700, and never half written: a reader sees it whole or not at all.
"""

import contextlib
import os
import secrets
from functools import cache
from pathlib import Path

from django.conf import settings

from tocsin.kit.framing import sub

KEY_BYTES = 32
_FOLDER_MODE = 0o700
_FILE_MODE = 0o600


class KeyFileBrokenError(Exception):
    """A key file of another length than its key: it was cut, or is not one of ours."""


def keys_dir() -> Path:
    """Return the folder of this server's keys."""
    return Path(settings.KEYS_DIR)


def read(path: Path, size: int = KEY_BYTES) -> bytes:
    """Return the key in `path`; raises FileNotFoundError, or KeyFileBrokenError for another length."""
    key = path.read_bytes()
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
        _make(path, secrets.token_bytes(size))
        return read(path, size)


def destroy(path: Path) -> bool:
    """Overwrite and remove the key in `path`; False when there was none.

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
    _sync_folder(path.parent)
    return True


def server_key(purpose: str) -> bytes:
    """Return this server's 32-byte key for one purpose; keys of two purposes say nothing of each other."""
    return sub(_server_root(keys_dir()), purpose)


@cache
def _server_root(folder: Path) -> bytes:
    return read_or_make(folder / "server.key")


def _make(path: Path, key: bytes) -> None:
    _make_folder(path.parent)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with open(fresh, "xb", opener=_private) as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    # A hard link either makes the name or fails: a rename would let a slower process replace
    # the key that a faster one has already used.
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(fresh)
    fresh.unlink()
    _sync_folder(path.parent)


def _make_folder(folder: Path) -> None:
    """Make `folder` and what is missing above it, each for its owner alone; mkdir's mode is the last one's only."""
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(mode=_FOLDER_MODE, exist_ok=True)


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, _FILE_MODE)


def _sync_folder(folder: Path) -> None:
    """Make a new or removed name durable: a key that was used must not vanish with the power."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
