"""This server's log: its name, its keys, where its files lie. Everything that publishing needs from outside."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path

from django.conf import settings

from tocsin.tally import keys
from tocsin.tally.shelf import Shelf, write_durably
from tocsin.tlog.keys import LogSigner, LogVerifier


class Step(StrEnum):
    """The points of one publishing between which it may die; `publish` says what is safe at each."""

    TILES_PUT = "tiles-put"
    TILES_SYNCED = "tiles-synced"
    CHECKED = "checked"
    SIGNED = "signed"
    REMEMBERED = "remembered"
    STORED = "stored"
    SHOWN = "shown"


OnStep = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Memory:
    """The last signed checkpoint, kept in one file outside the database: a restored backup does not bring it back."""

    path: Path

    def read(self) -> str | None:
        """Return the note, as far as it is text; None when nothing was ever signed, or the file is lost."""
        try:
            return self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None

    def write(self, note: str) -> None:
        """Keep `note` durably in place of the one before it."""
        write_durably(self.path, note)

    def put_away(self) -> None:
        """Rename the file beside those that were put away before: what it remembers is over."""
        beside = (self.path.with_name(f"{self.path.name}.before-{number}") for number in count(1))
        self.path.rename(next(path for path in beside if not path.exists()))


@dataclass(frozen=True, slots=True)
class Log:
    """One log.

    `signers` are its private keys: one, the old and the new while they are exchanged, or none
    where nothing is going to be signed.
    """

    origin: str
    signers: tuple[LogSigner, ...]
    shelf: Shelf
    memory: Memory

    @property
    def verifiers(self) -> tuple[LogVerifier, ...]:
        """The public halves of its keys."""
        return tuple(signer.verifier for signer in self.signers)

    @property
    def vkeys(self) -> str:
        """Its public keys as text, a line each, the one in use for longer first."""
        return "".join(f"{verifier.vkey}\n" for verifier in self.verifiers)


def own_log() -> Log:
    """Return this server's log as the settings have it; its key is made when there is none yet."""
    seeds = keys.seeds(Path(settings.KEYS_DIR))
    signers = tuple(LogSigner(settings.LOG_ORIGIN, seed) for seed in seeds)
    return Log(settings.LOG_ORIGIN, signers, own_shelf(), Memory(Path(settings.LAST_CHECKPOINT)))


def keyless_log() -> Log:
    """Return this server's log without its keys: it can be looked at, also while they are sealed, and not signed."""
    return Log(settings.LOG_ORIGIN, (), own_shelf(), Memory(Path(settings.LAST_CHECKPOINT)))


def own_shelf() -> Shelf:
    """Return the folder of this server's published files: all that reading them needs."""
    return Shelf(Path(settings.TALLY_DIR))
