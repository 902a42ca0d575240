"""The log's private keys, in the keys folder: one, and a second one while the key is being exchanged.

    log.key         32 bytes, made at the first publishing
    log.2.key       32 bytes, from `tocsin tally rotate` on; the next exchange makes log.3.key

While two are there every checkpoint bears two signatures: who knows either key believes it.
`tocsin tally rotate --finish` destroys the older one; who did not learn the newer in time is then
told that the checkpoint is not by the key they know.
"""

import re
from collections.abc import Callable
from pathlib import Path

from tocsin.kit import keyfiles

_FIRST = "log.key"
_NAME = re.compile(r"log(?:\.(?P<number>[1-9][0-9]*))?\.key\Z")


class RotationError(Exception):
    """A key cannot be exchanged now; the message says why."""


def seeds(folder: Path) -> tuple[bytes, ...]:
    """Return the seeds to sign with, 32 bytes each, the older key first; the first one is made if there is none.

    Raises KeyFileBrokenError, or KeysSealedError on a server that waits to be unsealed.
    """
    found = _numbered(folder) or {1: folder / _FIRST}
    return tuple(keyfiles.read_or_make(path) for path in found.values())


def begin_rotation(folder: Path) -> None:
    """Make the next key; raises RotationError when the last exchange is not finished, or nothing was signed yet."""
    found = _numbered(folder)
    if len(found) != 1:
        message = (
            "two keys sign already: finish with 'tocsin tally rotate --finish'"
            if found
            else "there is no key yet: it is made when the first checkpoint is signed"
        )
        raise RotationError(message)
    (number,) = found
    keyfiles.read_or_make(folder / f"log.{number + 1}.key")


def finish_rotation(folder: Path) -> None:
    """Destroy the older of two keys; raises RotationError when there is only one."""
    found = _numbered(folder)
    if len(found) < 2:  # noqa: PLR2004  the old and the new
        message = "one key signs alone: begin with 'tocsin tally rotate'"
        raise RotationError(message)
    keyfiles.destroy(next(iter(found.values())))


def end(folder: Path, *, is_of_ended: Callable[[bytes], bool]) -> None:
    """Destroy the keys of a log that has ended; `is_of_ended` says of a seed (32 bytes) whether it signed there.

    A file that is no key any more goes too: the disaster that ended the log may have cut it.
    """
    for path in _numbered(folder).values():
        try:
            is_over = is_of_ended(keyfiles.read(path))
        except keyfiles.KeyFileBrokenError:
            is_over = True
        if is_over:
            keyfiles.destroy(path)


def _numbered(folder: Path) -> dict[int, Path]:
    """Return the log's keys by number, the oldest first."""
    found = ((_NAME.match(path.name), path) for path in keyfiles.paths(folder))
    return dict(sorted((int(match["number"] or 1), path) for match, path in found if match))
