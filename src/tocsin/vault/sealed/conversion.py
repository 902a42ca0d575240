"""Seal a key folder, and bring it back: copies first, proven to open, and only then do originals go.

Crash points of `seal`, in order, and what is safe when we die there:

1. `sealing/` is being written: the folder is in standard mode as before; it is made anew.
2. `sealing/` is complete, every key in it was read back: still standard mode.
3. It was renamed to `sealed/`, one atomic step: sealed mode, with originals left beside it, which is
   Mode.HALF. A server refuses to start; `seal` again compares each original and destroys it.
4. Originals are being destroyed, one after the other: as 3.

`bring_back` goes the same way round: files are written while `sealed/` stands (HALF), then one
rename to `unsealing/` makes it standard mode but for what is left to destroy.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from tocsin.kit import keyfiles
from tocsin.seal.box import Box, BoxBrokenError
from tocsin.seal.keyfile import unwrap, wrap
from tocsin.vault import passphrase as passphrases
from tocsin.vault.sealed.folder import (
    CHECK,
    KEYS,
    OPERATORS,
    SEALED,
    SEALING,
    UNSEALING,
    check_box,
    is_root,
    purpose,
    readable_keys,
    sealed_path,
)
from tocsin.vault.sealed.opening import checked_label

_LOCK = ".in-use"


class AloneError(Exception):
    """A server uses these keys: it has to be stopped first."""


class DifferentKeyError(Exception):
    """A key lies readable and sealed, and the two are not the same."""


@contextlib.contextmanager
def using(folder: Path) -> Iterator[None]:
    """Hold the keys of `folder` while a server runs; any number may. Raises AloneError during a conversion."""
    with _locked(folder, fcntl.LOCK_SH, "the keys are being sealed or brought back just now: wait for that to end"):
        yield


@contextlib.contextmanager
def alone_with(folder: Path) -> Iterator[None]:
    """Be the only one who uses the keys of `folder`; raises AloneError."""
    with _locked(folder, fcntl.LOCK_EX, "a server is using these keys: stop it first"):
        yield


def seal(folder: Path, *, label: str, passphrase: str) -> int:
    """Put a standard folder into sealed mode with its first operator; return how many keys were sealed.

    Raises PassphraseTooShortError, ValueError for a label, or AloneError. Call it for a folder in
    standard mode; `finish` is for one that was left half sealed.
    """
    label, chosen = checked_label(label), passphrases.checked(passphrase)
    with alone_with(folder):
        root = secrets.token_bytes(keyfiles.KEY_BYTES)
        making = folder / SEALING
        shutil.rmtree(making, ignore_errors=True)
        names = list(readable_keys(folder))
        keyfiles.write_new(making / CHECK, check_box(root))
        keyfiles.write_new(making / OPERATORS / f"{label}.age", wrap(root, chosen))
        (making / KEYS).mkdir(mode=0o700)
        for name in names:
            sealed = Box(root).seal(purpose(name), (folder / name).read_bytes())
            keyfiles.write_new(making / KEYS / name, sealed)
        _prove(folder, making, label, chosen, names)
        making.rename(folder / SEALED)
        keyfiles.sync_folder(folder)
        return _destroy_originals(folder, root)


def finish(folder: Path, *, root: bytes) -> int:
    """Seal what lies readable in a sealed folder, and destroy the originals; return how many.

    Raises DifferentKeyError when a key lies there twice and differs: nothing is destroyed then.
    """
    with alone_with(folder):
        box = Box(root)
        for name in list(readable_keys(folder)):
            content = (folder / name).read_bytes()
            keyfiles.write_new(sealed_path(folder, name), box.seal(purpose(name), content))
            if _opened(box, folder, name) != content:
                message = f"{name} lies readable and sealed, and the two differ: keep the right one, remove the other"
                raise DifferentKeyError(message)
        return _destroy_originals(folder, root)


def bring_back(folder: Path, *, root: bytes) -> int:
    """Put a sealed folder into standard mode; return how many keys came back.

    Raises AloneError, or DifferentKeyError when a key that lies readable is another than the sealed one.
    """
    with alone_with(folder):
        box = Box(root)
        names = sorted(path.relative_to(folder / SEALED / KEYS) for path in (folder / SEALED / KEYS).rglob("*.key"))
        for name in names:
            content = _opened(box, folder, name)
            keyfiles.write_new(folder / name, content)
            if (folder / name).read_bytes() != content:
                message = f"{name} lies readable and sealed, and the two differ: keep the right one, remove the other"
                raise DifferentKeyError(message)
        (folder / SEALED).rename(folder / UNSEALING)
        keyfiles.sync_folder(folder)
        finish_bringing_back(folder)
        return len(names)


def finish_bringing_back(folder: Path) -> None:
    """Destroy what is left of sealed mode in a folder whose keys are back in their files."""
    left = folder / UNSEALING
    for path in sorted(left.rglob("*")):
        if path.is_file():
            keyfiles.destroy_file(path)
    shutil.rmtree(left, ignore_errors=True)
    keyfiles.sync_folder(folder)


def _prove(folder: Path, making: Path, label: str, passphrase: str, names: list[Path]) -> None:
    """Read everything back the way a start will, before anything is destroyed; raises what reading raises."""
    root = unwrap((making / OPERATORS / f"{label}.age").read_bytes(), passphrase, keyfiles.KEY_BYTES)
    box = Box(root)
    for name in names:
        if box.open(purpose(name), (making / KEYS / name).read_bytes()) != (folder / name).read_bytes():
            message = f"{name} did not come back as it was: nothing was changed"
            raise BoxBrokenError(message)


def _destroy_originals(folder: Path, root: bytes) -> int:
    if not is_root(folder, root):
        message = "this is not the root key of these keys: nothing was destroyed"
        raise BoxBrokenError(message)
    names = list(readable_keys(folder))
    for name in names:
        keyfiles.destroy_file(folder / name)
    return len(names)


def _opened(box: Box, folder: Path, name: Path) -> bytes:
    return box.open(purpose(name), sealed_path(folder, name).read_bytes())


@contextlib.contextmanager
def _locked(folder: Path, how: int, why_not: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(folder / _LOCK, "ab", opener=lambda path, flags: os.open(path, flags, 0o600)) as lock:
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AloneError(why_not) from error
        yield
