"""`tocsin unseal`: open the keys of a sealed server that runs, after each start."""

import argparse
from pathlib import Path

from django.conf import settings

from tocsin.cli.commands import refuse, unusable
from tocsin.cli.passphrases import read_passphrase
from tocsin.seal.keyfile import PassphraseWrongError
from tocsin.vault import sealed
from tocsin.vault.sealed import Mode
from tocsin.vault.sealed.slot import NoServerError, push
from tocsin.vault.sealed.store import ROOT


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--passphrase-file", type=Path, metavar="F", help="without it, you are asked")


def run(options: argparse.Namespace) -> int:
    """Open the root key here, and hand it to the server; the passphrase itself stays here."""
    folder = Path(settings.KEYS_DIR)
    if sealed.mode_of(folder) is Mode.STANDARD:  # before anybody types a passphrase for nothing
        return refuse("the keys of this server are not sealed: there is nothing to open")
    try:
        passphrase = read_passphrase(options.passphrase_file, "Passphrase of an operator: ")
        taken = push(folder, ROOT, sealed.root_key(folder, passphrase=passphrase))
    except (sealed.NotSealedError, PassphraseWrongError, NoServerError) as error:
        return refuse(str(error))
    except (OSError, UnicodeDecodeError) as error:
        return refuse(unusable(error))
    if not taken:
        return refuse("the server did not take the key: does it run with these keys?")
    print("The keys are open: signatures are taken and mail goes out, until the server ends.")
    print("If mails waited when it ended, nobody can read them any more: a keyholder runs 'tocsin resend SLUG'.")
    return 0
