"""`tocsin key`: make a campaign's key here or on a laptop, share it, prove it, exchange it, print recovery sheets."""

import argparse
from pathlib import Path

from tocsin.cli import key_laptop
from tocsin.cli.commands import set_django_up

_LAPTOP = {"new": key_laptop.new, "prove": key_laptop.prove}
_HERE = (
    ("make", "make the campaign's key for its first keyholder"),
    ("add", "wrap the key for one more keyholder"),
    ("remove", "take a keyholder's files away"),
    ("drill", "let a keyholder open a test row: a campaign opens only after each has"),
    ("sheet", "print a keyholder's recovery sheet as a PDF"),
    ("check", "show the key's fingerprint, and whether it is the one that the log knows"),
    ("next", "make the key that shall follow the one in use"),
    ("use", "put the next key in the place of the one in use"),
    ("drop", "throw the next key away"),
    ("import", "take in the public file of a key that was made on a laptop"),
    ("test-row", "write a keyholder's test row to a file, to be opened on their laptop"),
    ("proved", "type the code that opening a test row on a laptop gave"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs; passphrases are read from files or the terminal, never from arguments."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, line in _HERE:
        one = verbs.add_parser(verb, help=line, description=line)
        one.add_argument("slug", metavar="SLUG", help="the campaign")
        one.add_argument("--label", default="", metavar="NAME", help="the keyholder's name")
        one.add_argument("--passphrase-file", type=Path, metavar="F", help="without it, you are asked")
        _more_of(verb, one)
    key_laptop.add_verbs(verbs)


def _more_of(verb: str, one: argparse.ArgumentParser) -> None:
    if verb == "add":
        one.add_argument("--new-passphrase-file", type=Path, metavar="F", help="the new keyholder's passphrase")
    if verb == "next":
        one.add_argument(
            "--old-passphrase-file", type=Path, metavar="F", help="let the new passphrase open the old keys too"
        )
    if verb == "drill":
        one.add_argument("--next", action="store_true", help="of the key that waits")
    if verb == "sheet":
        one.add_argument("--language", default="en", metavar="LANG")
    if verb in {"sheet", "test-row"}:
        one.add_argument("--output", type=Path, required=True, metavar="F", help="a new file, for you alone")
    if verb == "import":
        one.add_argument("public", type=Path, metavar="F", help="the public file")
    if verb == "proved":
        one.add_argument("code", metavar="CODE")


def run(options: argparse.Namespace) -> int:
    """Do it on this laptop, without any server; or with the database of the server here."""
    if options.verb in _LAPTOP:
        return _LAPTOP[options.verb](options)
    set_django_up()
    # It needs the tables, which the laptop's verbs do without.
    from tocsin.cli import key_here

    return key_here.run(options)
