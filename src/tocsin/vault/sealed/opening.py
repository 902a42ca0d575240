"""Who may open a sealed server after a start: each operator has an age file of the root key."""

import re
from pathlib import Path

from tocsin.kit import keyfiles
from tocsin.seal.keyfile import PassphraseWrongError, unwrap, wrap
from tocsin.vault import passphrase as passphrases
from tocsin.vault.sealed.folder import OPERATORS, SEALED, NotSealedError, is_root

_LABEL = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")


class OperatorExistsError(Exception):
    """An operator of this name has a file already."""


class OperatorUnknownError(Exception):
    """There is no operator of this name."""


class LastOperatorError(Exception):
    """Without its last operator nobody could open the server again."""


def operators(folder: Path) -> list[str]:
    """Return the operators of a sealed folder; raises NotSealedError."""
    if not (folder / SEALED).exists():
        message = "the keys here are not sealed; 'tocsin seal --operator NAME' does it"
        raise NotSealedError(message)
    return sorted(path.stem for path in (folder / SEALED / OPERATORS).glob("*.age"))


def root_key(folder: Path, *, passphrase: str) -> bytes:
    """Return the root key that an operator's passphrase opens, about a second a file.

    Raises NotSealedError or PassphraseWrongError.
    """
    typed = passphrases.tidy(passphrase)
    for label in operators(folder):
        age_file = (folder / SEALED / OPERATORS / f"{label}.age").read_bytes()
        try:
            root = unwrap(age_file, typed, keyfiles.KEY_BYTES)
        except PassphraseWrongError:
            continue
        if is_root(folder, root):
            return root
    message = "no operator of this server has this passphrase"
    raise PassphraseWrongError(message)


def add_operator(folder: Path, *, root: bytes, label: str, passphrase: str) -> None:
    """Give somebody a file of their own; raises OperatorExistsError or PassphraseTooShortError."""
    label = checked_label(label)
    if label in operators(folder):
        message = f"there is an operator {label!r} already"
        raise OperatorExistsError(message)
    keyfiles.write_new(folder / SEALED / OPERATORS / f"{label}.age", wrap(root, passphrases.checked(passphrase)))


def remove_operator(folder: Path, *, label: str) -> None:
    """Destroy an operator's file; raises OperatorUnknownError or LastOperatorError.

    Whoever copied it before, and knows its passphrase, can still open this root key: only
    bringing the folder back and sealing it anew makes another one.
    """
    known = operators(folder)
    if label not in known:
        message = f"there is no operator {label!r}; there are {', '.join(known)}"
        raise OperatorUnknownError(message)
    if known == [label]:
        message = f"{label} is the only operator: without one nobody could open this server again"
        raise LastOperatorError(message)
    keyfiles.destroy_file(folder / SEALED / OPERATORS / f"{label}.age")


def checked_label(label: str) -> str:
    """Return an operator's name in small letters, fit for a file; raises ValueError."""
    tidied = label.strip().lower()
    if not _LABEL.fullmatch(tidied):
        message = "name an operator with letters a to z, digits, dots, dashes: as in 'sam'"
        raise ValueError(message)
    return tidied
