"""What a witness never forgets: its key, and the last checkpoint of each log that it cosigned."""

import fcntl
import hashlib
import os
import secrets
from pathlib import Path

from tocsin.tlog.checkpoint import Checkpoint
from tocsin.tlog.cosignature import SEED_BYTES, CosignatureSigner
from tocsin.tlog.hashing import EMPTY_ROOT
from tocsin.tlog.signed import CheckpointError, read_checkpoint

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600
_MOST_EVIDENCE = 100


class SpoiledError(Exception):
    """A witness's folder is not what it left there, or is in use; the message says the mend."""


class Memory:
    """A witness's folder; one process at a time has it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for part in (folder, folder / "logs", folder / "contradictions"):
            part.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, _FILE_MODE)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            message = f"another witness is at work in {folder}"
            raise SpoiledError(message) from error

    def close(self) -> None:
        """Let another process have the folder."""
        os.close(self._lock)

    def signer(self, name: str) -> CosignatureSigner:
        """Return the witness's key, made on its first start; raises SpoiledError if the folder is another's."""
        try:
            seed = (self._folder / "witness.key").read_bytes()
        except FileNotFoundError:
            if (self._folder / "vkey").exists():
                message = f"{self._folder / 'witness.key'} is gone: put it back, or begin anew in an empty folder"
                raise SpoiledError(message) from None
            seed = secrets.token_bytes(SEED_BYTES)
            self._write("witness.key", seed)
        if len(seed) != SEED_BYTES:
            message = f"{self._folder / 'witness.key'} is not as it was written: put it back"
            raise SpoiledError(message)
        made = CosignatureSigner(name, seed)
        self._check_name(made.verifier.vkey)
        return made

    def last(self, origin: str) -> Checkpoint:
        """Return the last checkpoint cosigned of a log; the empty log's before the first one."""
        path = self._folder / self._log(origin)
        try:
            return read_checkpoint(path.read_bytes())
        except FileNotFoundError:
            return Checkpoint(origin, 0, EMPTY_ROOT)
        except CheckpointError as error:
            # To begin at nought would vouch for a log that we could no longer compare.
            message = f"{path} is no checkpoint any more: put it back from a backup"
            raise SpoiledError(message) from error

    def remember(self, origin: str, note: str) -> None:
        """Make a checkpoint durable; only then may it be cosigned."""
        self._write(self._log(origin), note.encode())

    def keep_contradiction(self, origin: str, note: str) -> None:
        """Keep a checkpoint that contradicts the one we have: with the log's own signature it is proof."""
        folder = self._folder / "contradictions"
        if sum(1 for _ in folder.iterdir()) < _MOST_EVIDENCE:
            digest = hashlib.sha256(note.encode()).hexdigest()[:16]
            self._write(f"contradictions/{_file_name(origin)}-{digest}", note.encode())

    def _check_name(self, vkey: str) -> None:
        path = self._folder / "vkey"
        if not path.exists():
            self._write("vkey", f"{vkey}\n".encode())
        elif (known := path.read_text(encoding="utf-8").strip()) != vkey:
            message = f"this folder is of the witness {known}: a name belongs to its key, so give that name"
            raise SpoiledError(message)

    def _log(self, origin: str) -> str:
        return f"logs/{_file_name(origin)}"

    def _write(self, name: str, data: bytes) -> None:
        """Replace a file, durably: after a power cut it is the old one or the new one."""
        path = self._folder / name
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _file_name(origin: str) -> str:
    """Return a log's file name; an origin may hold anything but a newline."""
    return hashlib.sha256(origin.encode()).hexdigest()[:32]
