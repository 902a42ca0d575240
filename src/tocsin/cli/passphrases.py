"""How a command asks for a passphrase: from a file that was named, or at the terminal, never as an argument."""

import getpass
from pathlib import Path

from tocsin.cli.commands import NothingTypedError


def read_passphrase(path: Path | None, question: str = "Passphrase: ") -> str:
    """Return the passphrase in the file `path`, or the one typed; raises OSError or UnicodeDecodeError."""
    return ask(question) if path is None else path.read_text(encoding="utf-8")


def ask(question: str) -> str:
    """Return what is typed at the terminal, where nobody sees it; raises NothingTypedError."""
    try:
        return getpass.getpass(question)
    except EOFError as error:
        raise NothingTypedError from error
