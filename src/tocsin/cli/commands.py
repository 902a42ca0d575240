"""Which commands there are, and how one of them is run."""

import argparse
import importlib
import importlib.metadata
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from tocsin.kit.keyfiles import KeyFileBrokenError, KeysSealedError
from tocsin.kit.private_memory import keep_memory_private


class CampaignUnknownError(Exception):
    """No campaign of this server has the slug that was typed."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"there is no campaign {slug!r} here")


class NothingTypedError(Exception):
    """A question was answered by Ctrl+D, or nobody is there to answer it."""


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand: its word, its module below tocsin.cli, and one line of help."""

    word: str
    module: str
    line: str
    needs_django: bool = True


COMMANDS = (
    Command("serve", "serve", "run a whole server: web processes and worker", needs_django=False),
    Command("web", "web", "run web processes alone; serve does it for you", needs_django=False),
    Command("work", "work", "run a worker alone: send mail, count, tidy up"),
    Command(
        "check",
        "check",
        "say what is wrong with settings, folders, database and mail, and the mend",
        needs_django=False,
    ),
    Command("campaign", "campaign", "put a campaign up from a file, or write one to a file"),
    Command("key", "key", "make, share, prove and exchange a campaign's key", needs_django=False),
    Command("seal", "seal", "keep the server's keys sealed on the disk, or bring them back"),
    Command("unseal", "unseal", "open the keys of a sealed server that has just started"),
    Command("resend", "resend", "have mails made anew that were lost with a sealed server's power"),
    Command("open", "open", "read a campaign's signatories with a keyholder's passphrase"),
    Command("tally", "tally", "how the public log stands, its key, the way back after a loss"),
    Command("audit", "audit", "recount a server's campaigns from outside", needs_django=False),
    Command("verify", "verify", "check a receipt, asking nobody", needs_django=False),
    Command("witness", "witness", "vouch for others that a log only grows", needs_django=False),
    Command("mail", "mail", "write to the signatories who asked to be kept informed"),
    Command("admin", "admin", "make the accounts of those who run this server"),
    Command(
        "bench", "bench", "measure this machine beside nginx, a bare function and plain Django", needs_django=False
    ),
    Command("demo", "demo", "try Tocsin with a made-up campaign and a mailbox to read", needs_django=False),
)

_DASHED_SECRET = re.compile(r"-[A-Za-z0-9_-]{42}\Z")  # 256 bits in base64url, as receipt codes are written


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that `arguments` (by default the terminal's) name; return its exit code."""
    if arguments is None:  # the process is ours; else whoever called us has to know
        keep_memory_private()  # any command may come to hold names, tokens or keys
    given = list(sys.argv[1:] if arguments is None else arguments)
    overview = _overview()
    if not given:  # somebody who looks around
        overview.print_help(sys.stderr)
        return 2
    chosen = overview.parse_args(given[:1])
    command = next(command for command in COMMANDS if command.word == chosen.command)
    try:
        if command.needs_django:
            set_django_up()
        module = importlib.import_module(f"tocsin.cli.{command.module}")
        parser = argparse.ArgumentParser(prog=f"tocsin {command.word}", description=command.line)
        module.add_arguments(parser)
        return int(module.run(parser.parse_args(_bound(given[1:]))))
    except (CampaignUnknownError, ImproperlyConfigured, KeyFileBrokenError, KeysSealedError) as error:
        return refuse(str(error))
    except NothingTypedError:
        return refuse(f"nothing was typed; 'tocsin {command.word} --help' says which file can be named instead")
    except KeyboardInterrupt:
        return 130  # what a shell calls "ended by Ctrl+C"


def _bound(words: Sequence[str]) -> list[str]:
    """Return the words with each secret tied to its option by "=": one secret in 64 begins with a dash.

    Such a word argparse would take for an option of its own ("expected one argument").
    """
    bound: list[str] = []
    for word in words:
        if _DASHED_SECRET.match(word) and bound and bound[-1].startswith("--"):
            bound[-1] += f"={word}"
        else:
            bound.append(word)
    return bound


def set_django_up() -> None:
    """Load the settings and the tables; raise ImproperlyConfigured for a setting that cannot be used."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tocsin.config.settings")
    try:
        django.setup()
    except OSError as error:  # the settings make a key on the first start
        message = f"{error.filename} cannot be used ({error.strerror}): look at TOCSIN_DATA and TOCSIN_KEYS"
        raise ImproperlyConfigured(message) from error


def refuse(line: str) -> int:
    """Tell the terminal in one line why nothing was done; return the exit code for it."""
    print(f"tocsin: {line}", file=sys.stderr)
    return 1


def unusable(error: OSError | UnicodeDecodeError, path: Path | str | None = None) -> str:
    """Return in words which file could not be used, and why; `path` where the error does not name it."""
    if isinstance(error, KeysSealedError):
        return str(error)
    name = path or getattr(error, "filename", None) or "that file"
    return f"cannot use {name} ({error.strerror or error if isinstance(error, OSError) else 'it is not text in UTF-8'})"


def _overview() -> argparse.ArgumentParser:
    lines = "\n".join(f"  {command.word:<10} {command.line}" for command in COMMANDS)
    parser = argparse.ArgumentParser(
        prog="tocsin",
        description="A campaign server that a group runs itself.",
        epilog=f"commands:\n{lines}\n\n'tocsin COMMAND --help' says more about one.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"tocsin {importlib.metadata.version('tocsin')}")
    parser.add_argument("command", choices=[command.word for command in COMMANDS], metavar="COMMAND")
    return parser
