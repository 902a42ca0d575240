"""The folder that holds the published log: tiles, bundles, the checkpoint, the key to check it with.

Everything in it is public. A file appears under its name whole or not at all, so that nobody's
cache keeps half a tile; `sync` makes durable, in one pass, what was put there since the last time.
"""

import contextlib
import ctypes
import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from tocsin.tlog.tiles import Tile

_FOLDER_MODE = 0o755
_MANY = 8  # files: from here on one wait for the whole file system takes less than one for each
CHECKPOINT = "checkpoint"
VKEY = "vkey"
BEFORE = "before"
_TILES = "tile"


class Shelf:
    """The published files below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._root = str(folder)
        self._unsynced: list[str] = []

    def read(self, tile: Tile) -> bytes:
        """Return a tile's bytes; raises FileNotFoundError."""
        with open(f"{self._root}/{tile.path}", "rb", buffering=0) as file:  # noqa: PTH123  see `put`
            return file.read()

    def put(self, tile: Tile, data: bytes) -> None:
        """Write a tile; it is durable after `sync`."""
        # Plain strings: pathlib would take half of the time, and a busy second writes some fifty files.
        path = f"{self._root}/{tile.path}"
        folder, _, name = path.rpartition("/")
        fresh = f"{folder}/.{name}.new"
        try:
            _write(fresh, data)
        except FileNotFoundError:
            os.makedirs(folder, mode=_FOLDER_MODE, exist_ok=True)  # noqa: PTH103  as above
            _write(fresh, data)
        os.replace(fresh, path)  # noqa: PTH105  as above
        self._unsynced.append(path)

    def sync(self) -> None:
        """Wait until everything that was put is on the disk, and forget what memory holds of it.

        What is read afterwards comes from the disk, where the system heeds the advice.
        """
        paths = self._unsynced
        if len(paths) >= _MANY and _sync_all(self._root):
            for path in paths:
                _forget(path)
        else:
            for path in paths:
                _sync(path)
            for folder in sorted({above for path in paths for above in self._folders_of(path)}):
                _sync(folder)
        # Only now: what an error of the disk left is waited for the next time.
        self._unsynced = []

    def text(self, name: str) -> str | None:
        """Return a text that is shown beside the tiles, as far as it is one; None when there is none."""
        try:
            return (self.folder / name).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None

    def show(self, name: str, text: str) -> None:
        """Replace a text beside the tiles, durably and at once."""
        write_durably(self.folder / name, text)

    def before(self, number: int) -> "Shelf":
        """Return where the files of an earlier log lie, the first one's under 1."""
        return Shelf(self.folder / BEFORE / str(number))

    def ended(self) -> Iterator[str]:
        """Yield the last note of each log that was put away, the first one's first."""
        for number in count(1):
            if (note := self.before(number).text(CHECKPOINT)) is None:
                return
            yield note

    def put_away(self, last: str) -> None:
        """Move the log's files to the next place below `before`; `last` is its last note, kept if no file has it.

        The checkpoint is moved last: a place without one is not filled yet, and is gone on with.
        """
        number = 1
        while (filled := self.before(number).text(CHECKPOINT)) is not None and not filled.startswith(last):
            number += 1
        place = self.before(number)
        place.folder.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
        for name in (_TILES, VKEY):
            if (self.folder / name).exists() and not (place.folder / name).exists():
                (self.folder / name).rename(place.folder / name)
        _sync(place.folder)
        shown = self.text(CHECKPOINT)
        # What witnesses added stands below the log's own signature.
        place.show(CHECKPOINT, filled or (shown if shown is not None and shown.startswith(last) else last))
        (self.folder / CHECKPOINT).unlink(missing_ok=True)
        _sync(self.folder)

    def drop_partial(self, tile: Tile) -> None:
        """Remove the partial tiles that a full one has taken the place of (c2sp.org/tlog-tiles, "Partial Tiles")."""
        full = self.folder / tile.full.path
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(full.with_name(f"{full.name}.p"))

    def _folders_of(self, path: str) -> list[Path]:
        """Return the folders down to a file: each may be new, and then its name must be durable above it too."""
        return [folder for folder in Path(path).parents if folder.is_relative_to(self.folder)]


def write_durably(path: Path, text: str) -> None:
    """Put `text` at `path` by rename, and wait until file and name are on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    _sync(fresh)
    fresh.replace(path)
    _sync(path.parent)


def _write(path: str, data: bytes) -> None:
    with open(path, "wb") as file:  # noqa: PTH123  see `put`
        file.write(data)


def _sync(path: str | Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
        _advise(handle)
    finally:
        os.close(handle)


def _sync_all(folder: str) -> bool:
    """Wait until all that was written to a folder's file system is on the disk; False where that cannot be asked for.

    Files and folders, by one commit of the file system's journal (Linux, syncfs(2)). A kernel before 5.8 keeps errors
    of writing to itself; what one loses is found out all the same, since whoever signs reads the files back first.
    """
    if _syncfs is None:
        return False
    handle = os.open(folder, os.O_RDONLY)
    try:
        return bool(_syncfs(handle) == 0)
    finally:
        os.close(handle)


def _forget(path: str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        _advise(handle)
    finally:
        os.close(handle)


def _advise(handle: int) -> None:
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)


_syncfs = getattr(ctypes.CDLL(None), "syncfs", None)
