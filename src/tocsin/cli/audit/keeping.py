"""What an audit remembers of a log until the next one: its keys, and the last checkpoint seen."""

import hashlib
import os
from pathlib import Path
from urllib.parse import urlsplit

from tocsin.cli.audit.findings import AuditError
from tocsin.cli.commands import unusable
from tocsin.tlog.keys import KeyTextError, LogVerifier, parse_log_vkey

_KEYS = "keys"
_CHECKPOINT = "checkpoint"


def default_folder() -> Path:
    """Return where audits are remembered unless somebody says otherwise (XDG Base Directory Specification)."""
    state = os.environ.get("XDG_STATE_HOME", "")
    return (Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "state") / "tocsin" / "audit"


def all_pinned(folder: Path) -> list[LogVerifier]:
    """Return the keys of all logs that audits remember; raises AuditError when somebody has spoiled one."""
    return [key for file in sorted(folder.glob(f"*/{_KEYS}")) for key in _read_keys(file)]


class Kept:
    """The folder of one log: by its address, so that a server cannot be new to us by taking another name."""

    def __init__(self, folder: Path, tally: str) -> None:
        digest = hashlib.sha256(tally.encode()).hexdigest()[:16]
        self.folder = folder / f"{(urlsplit(tally).hostname or '')[:60]}-{digest}"

    def keys(self) -> list[LogVerifier]:
        """Return the log's keys that were pinned; raises AuditError when somebody has spoiled the file."""
        return _read_keys(self.folder / _KEYS)

    def checkpoint(self) -> str:
        """Return the last checkpoint's note; empty before the first audit."""
        return _read(self.folder / _CHECKPOINT)

    def pin(self, keys: list[LogVerifier]) -> None:
        """Remember the log's keys."""
        self._write(_KEYS, "".join(f"{key.vkey}\n" for key in keys))

    def remember(self, note: str) -> None:
        """Remember a checkpoint; the next one must be consistent with it."""
        self._write(_CHECKPOINT, note)

    def keep_evidence(self, name: str, note: str) -> Path:
        """Keep a checkpoint beside the remembered one, never over an older piece of evidence; return where."""
        digest = hashlib.sha256(note.encode()).hexdigest()[:16]
        self._write(f"{name}-{digest}", note)
        return self.folder / f"{name}-{digest}"

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        fresh = path.with_name(f".{name}.{os.getpid()}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with fresh.open("w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except OSError as error:
            raise AuditError.unchecked(words=unusable(error, path)) from error


def _read_keys(path: Path) -> list[LogVerifier]:
    try:
        return [parse_log_vkey(line) for line in _read(path).splitlines()]
    except KeyTextError as error:
        raise AuditError.unchecked(words=f"{path} holds something that is no key: {error}") from error


def _read(path: Path) -> str:
    """Return a file's text, empty when there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise AuditError.unchecked(words=unusable(error, path)) from error
