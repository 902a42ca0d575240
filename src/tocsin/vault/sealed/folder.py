"""What lies where in a key folder, and which mode that makes it.

server.key, pepper/1.key, …       standard mode: readable, each key its file
sealed/check                      sealed mode: says of a root key whether it is the right one
sealed/operators/NAME.age         the root key under an operator's passphrase
sealed/keys/pepper/1.key          a key under the root key
sealing/                          a `sealed/` that is being made, never looked into
unsealing/                        one whose keys are back in their files, to be destroyed
django.key, log.key               readable in both modes: they sign, and open and test nothing
"""

from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from tocsin.seal.box import Box, BoxBrokenError

SEALED = "sealed"
SEALING = "sealing"
UNSEALING = "unsealing"
OPERATORS = "operators"
KEYS = "keys"
CHECK = "check"
_SIGNS_ONLY = ("django", "log")
_CHECK_WORDS = b"tocsin sealed mode"


class Mode(Enum):
    """How a key folder keeps its keys."""

    STANDARD = "standard"
    SEALED = "sealed"
    HALF = "half"  # a conversion was interrupted


class NotSealedError(Exception):
    """The key folder is in standard mode: there is nothing to open."""


def mode_of(folder: Path) -> Mode:
    """Return a key folder's mode, by what lies in it."""
    if not (folder / SEALED).exists():
        return Mode.HALF if (folder / UNSEALING).exists() else Mode.STANDARD
    return Mode.HALF if next(readable_keys(folder), None) else Mode.SEALED


def readable_keys(folder: Path) -> Iterator[Path]:
    """Yield the key files that sealed mode must not leave readable, relative to the folder."""
    for path in sorted(folder.rglob("*.key")):
        name = path.relative_to(folder)
        if name.parts[0] not in {SEALED, SEALING, UNSEALING} and not path.name.startswith(".") and not is_open(name):
            yield name


def is_open(name: Path) -> bool:
    """Say whether a key, by its path in the key folder, stays readable: it signs, and opens nothing."""
    return name.parts[0].startswith(_SIGNS_ONLY)


def sealed_path(folder: Path, name: Path) -> Path:
    """Return where a key lies sealed."""
    return folder / SEALED / KEYS / name


def purpose(name: Path) -> bytes:
    """Return what a sealed key's box is made for: its path, so that no two can be exchanged."""
    return b"key/" + name.as_posix().encode()


def check_box(root: bytes) -> bytes:
    """Return the content of the check file."""
    return Box(root).seal(CHECK.encode(), _CHECK_WORDS)


def is_root(folder: Path, root: bytes) -> bool:
    """Say whether `root` is the root key of a sealed folder."""
    try:
        return Box(root).open(CHECK.encode(), (folder / SEALED / CHECK).read_bytes()) == _CHECK_WORDS
    except (BoxBrokenError, FileNotFoundError, ValueError):
        return False
