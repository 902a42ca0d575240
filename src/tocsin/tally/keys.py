"""The log's private keys, in the keys folder: one file, and a second one while the key is being exchanged.

    log.key         32 bytes, made at the first publishing
    log.next.key    32 bytes, from `tocsin tally rotate` until `tocsin tally rotate --finish`

While both are there every checkpoint bears two signatures: who knows either key believes it.
Afterwards only the new one signs, and who did not learn it in time is told so by name.
"""

import os
from pathlib import Path

from tocsin.kit import keyfiles

_KEY = "log.key"
_NEXT = "log.next.key"


class RotationError(Exception):
    """A key cannot be exchanged now; the message says why."""


def seeds(folder: Path) -> tuple[bytes, ...]:
    """Return the seeds to sign with, 32 bytes each, the older key first; the first one is made if there is none."""
    first = keyfiles.read_or_make(folder / _KEY)
    try:
        return first, keyfiles.read(folder / _NEXT)
    except FileNotFoundError:
        return (first,)


def begin_rotation(folder: Path) -> None:
    """Make the next key; raises RotationError when there is one already."""
    if (folder / _NEXT).exists():
        message = "the next key is there already: finish with 'tocsin tally rotate --finish'"
        raise RotationError(message)
    keyfiles.read_or_make(folder / _NEXT)


def finish_rotation(folder: Path) -> None:
    """Put the next key in the old one's place, whose bytes are overwritten; raises RotationError without one.

    Crash points: the rename is one step, so there is always exactly one `log.key`. Dying after
    it and before the overwriting leaves the old key's bytes on the disk, and in no folder.
    """
    if not (folder / _NEXT).exists():
        message = "there is no next key: begin with 'tocsin tally rotate'"
        raise RotationError(message)
    with (folder / _KEY).open("r+b") as old:
        (folder / _NEXT).replace(folder / _KEY)
        old.write(os.urandom(keyfiles.KEY_BYTES))
        old.flush()
        os.fsync(old.fileno())
