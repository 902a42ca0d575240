"""The demo's data folder: only ever one that a demo made, and one demo in it at a time."""

import fcntl
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from tocsin.cli.prepare import NotReadyError

_NOTES = "demo.json"
_LOCK = "demo.lock"


class DemoFolder:
    """The folder, locked for this process, with notes on what is in it."""

    def __init__(self, path: Path, *, is_fresh: bool) -> None:
        """Open or make it; raise NotReadyError when it is somebody else's, in use, or not to be written to."""
        self.path = path
        try:
            self._lock = self._take(is_fresh=is_fresh)
        except OSError as error:
            message = f"{path} cannot be written to ({error.strerror}): choose another folder with --data"
            raise NotReadyError(message) from error

    def notes(self) -> dict[str, str]:
        """Return what was noted; nothing while the demo is not filled yet."""
        notes: dict[str, str] = json.loads((self.path / _NOTES).read_text(encoding="utf-8"))
        return notes

    def note(self, notes: Mapping[str, str]) -> None:
        """Note what the next start wants to know; the demo's passphrase too, which a real server never keeps."""
        (self.path / _NOTES).write_text(json.dumps(notes, indent=2), encoding="utf-8")

    def close(self) -> None:
        """Let another demo take the folder."""
        self._lock.close()

    def _take(self, *, is_fresh: bool) -> IO[bytes]:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        names = {entry.name for entry in self.path.iterdir()}
        if names and _NOTES not in names and names != {_LOCK}:
            message = f"{self.path} holds something that is no demo: choose another folder with --data"
            raise NotReadyError(message)
        lock = (self.path / _LOCK).open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            message = f"a demo runs in {self.path} already: stop it, or choose another folder with --data"
            raise NotReadyError(message) from error
        # Notes without words: an earlier start was stopped while it filled the folder.
        if is_fresh or _NOTES not in names or not self.notes():
            self._clear()
        return lock

    def _clear(self) -> None:
        for entry in self.path.iterdir():
            if entry.name == _LOCK:
                continue
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        self.note({})
