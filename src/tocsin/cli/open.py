"""`tocsin open`: read a campaign's signatories with a keyholder's passphrase, or carry them away sealed."""

import argparse
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tocsin.campaigns.models import Campaign
from tocsin.cli.campaigns import campaign_named
from tocsin.cli.commands import refuse, unusable
from tocsin.cli.opened import WRITERS, Tally, write_sealed
from tocsin.cli.passphrases import read_passphrase
from tocsin.cli.private_files import new_private_file
from tocsin.vault import domain as vault


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `tocsin open` takes."""
    parser.add_argument("slug", metavar="SLUG", help="the campaign")
    key = parser.add_mutually_exclusive_group()
    key.add_argument("--age-file", type=Path, metavar="F", help="a keyholder's age file, as downloaded or scanned")
    key.add_argument("--db", action="store_true", help="use the keyholders' files in the database (the default)")
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="F", help="a file with the passphrase; without it, you are asked"
    )
    parser.add_argument(
        "--format",
        choices=[*WRITERS, "sealed"],
        default="csv",
        help="csv for spreadsheets (the default), json with one signatory a line, "
        "or sealed: the rows as they are, which needs no passphrase",
    )
    parser.add_argument("--output", type=Path, metavar="F", help="write to a new file that only you can read")


def run(options: argparse.Namespace) -> int:
    """Write every signatory of the campaign; tell standard error how many, and how many did not open."""
    campaign = campaign_named(options.slug)
    try:
        # The passphrase first: nobody should find an empty file after a slip of the finger.
        private_keys = None if options.format == "sealed" else _private_keys(campaign, options)
        with _output(options.output) as out:
            tally = _write(campaign, private_keys, options.format, out)
    except vault.PassphraseWrongError as error:
        return refuse(f"{error}; nothing was written")
    except FileExistsError:
        return refuse(f"{options.output} is there already: name a new file")
    except (OSError, UnicodeDecodeError) as error:
        return refuse(unusable(error))
    return _report(tally)


def _private_keys(campaign: Campaign, options: argparse.Namespace) -> list[bytes]:
    passphrase = read_passphrase(options.passphrase_file)
    if options.age_file is None:
        return vault.unlock_all(campaign=campaign.pk, slug=campaign.slug, passphrase=passphrase)
    age_file = options.age_file.read_bytes()
    return [vault.unlock_file(campaign=campaign.pk, slug=campaign.slug, age_file=age_file, passphrase=passphrase)]


@contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    """Give standard output, or a file made now for its owner alone."""
    if path is None:
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]  # a text stream has it
        yield sys.stdout
        return
    with new_private_file(path) as file, io.TextIOWrapper(file, encoding="utf-8", newline="") as out:
        yield out


def _write(campaign: Campaign, private_keys: list[bytes] | None, form: str, out: TextIO) -> Tally:
    if private_keys is None:
        return write_sealed(campaign.pk, out)
    return WRITERS[form](campaign.pk, campaign.slug, private_keys, out)


def _report(tally: Tally) -> int:
    print(f"tocsin: {tally.written} signatories written", file=sys.stderr)
    if not tally.closed:
        return 0
    return refuse(f"{tally.closed} did not open: they are sealed to another key, or were changed")
