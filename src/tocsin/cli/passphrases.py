"""How a command asks for a passphrase: from a file that was named, or at the terminal, never as an argument.

At a terminal Ctrl+D answers nothing: EOFError, which `main` turns into a line.
"""

import getpass
from pathlib import Path


def read_passphrase(path: Path | None, question: str = "Passphrase: ") -> str:
    """Return the passphrase in the file `path`, or the one typed; raises OSError or UnicodeDecodeError."""
    return getpass.getpass(question) if path is None else path.read_text(encoding="utf-8")


def cannot_read(path: Path | str, error: OSError | UnicodeDecodeError) -> str:
    """Return in words which file could not be read, and why."""
    return f"cannot read {path} ({error.strerror if isinstance(error, OSError) else 'it is not text in UTF-8'})"
