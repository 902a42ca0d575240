"""The `tocsin` command: every subcommand is one module, named in COMMANDS and nowhere else.

A module of it has `add_arguments(parser)` and `run(options) -> int`. It is imported only when it
was asked for, with Django set up before if it needs it, so its imports may all stand at its top.
"""

import sys

OLDEST_PYTHON = (3, 11)

if sys.version_info < OLDEST_PYTHON:
    sys.exit("Tocsin needs Python 3.11 or newer; this is Python %d.%d" % sys.version_info[:2])  # noqa: UP031  an old Python must read it

from tocsin.cli.commands import main  # noqa: E402  below the check, so that an old Python gets a sentence, not a traceback

__all__ = ["main"]
