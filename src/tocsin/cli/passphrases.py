"""How a command asks for a passphrase: from a file that was named, or at the terminal, never as an argument."""

import getpass
from pathlib import Path


def read_passphrase(path: Path | None, question: str = "Passphrase: ") -> str:
    """Return the passphrase in the file `path`, or the one typed; raises OSError or UnicodeDecodeError."""
    return getpass.getpass(question) if path is None else path.read_text(encoding="utf-8")
