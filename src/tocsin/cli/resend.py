"""`tocsin resend`: a keyholder has the mails made anew that nobody can read any more."""

import argparse
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from tocsin.campaigns.models import Campaign
from tocsin.cli.campaigns import campaign_named
from tocsin.cli.commands import refuse, unusable
from tocsin.cli.passphrases import read_passphrase
from tocsin.outbox import domain as outbox
from tocsin.signing import domain as signing
from tocsin.signing.intake import load_intake
from tocsin.vault import domain as vault
from tocsin.vault import sealed
from tocsin.vault.queries import DisplayKeyMissingError, PepperMissingError
from tocsin.vault.sealed.slot import RESEND, NoServerError, is_held, push
from tocsin.vault.sealer import KeyMissingError

REFUSALS = (vault.PassphraseWrongError, NoServerError, PepperMissingError, DisplayKeyMissingError, KeyMissingError)
_LOOK_SECONDS = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("slug", metavar="SLUG", help="the campaign")
    parser.add_argument("--passphrase-file", type=Path, metavar="F", help="a keyholder's; without it, you are asked")


def run(options: argparse.Namespace) -> int:
    """Make them anew: here in standard mode, in the server's worker when its keys are sealed."""
    campaign = campaign_named(options.slug)
    try:
        passphrase = read_passphrase(options.passphrase_file, "Passphrase of a keyholder: ")
        private = vault.unlock_all(campaign=campaign.pk, slug=campaign.slug, passphrase=passphrase)
        is_sealed = sealed.store_of(Path(settings.KEYS_DIR)) is not None
        left = _by_the_server(campaign, private) if is_sealed else resend(campaign, private)
    except REFUSALS as error:
        return refuse(str(error))
    except (OSError, UnicodeDecodeError) as error:
        return refuse(unusable(error))
    if left:
        return refuse(f"{left} lost mails could not be made anew: nothing that still waits belongs to them")
    print("Every lost mail was made anew and goes out now.")
    return 0


def resend(campaign: Campaign, private: Sequence[bytes]) -> int:
    """Make a campaign's lost mails anew with its private keys; return how many could not be."""
    intake = load_intake(campaign)
    if intake is None:
        return outbox.lost_letters(campaign=campaign.pk)
    return signing.remint(intake=intake, private_keys=private, now=datetime.now(UTC)).left


def _by_the_server(campaign: Campaign, private: Sequence[bytes]) -> int:
    """Lend the keys to the server that runs: only it can seal new letters; wait until it gave them up."""
    name = f"{RESEND}{campaign.pk}"
    push(Path(settings.KEYS_DIR), name, b"".join(private))
    while is_held(Path(settings.KEYS_DIR), name):
        time.sleep(_LOOK_SECONDS)
    return outbox.lost_letters(campaign=campaign.pk)
