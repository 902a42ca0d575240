"""`tocsin key`: make a campaign's key, add a keyholder, do the drill, print a recovery sheet."""

import argparse
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from tocsin.campaigns import queries
from tocsin.campaigns.models import Campaign
from tocsin.cli.commands import refuse
from tocsin.cli.passphrases import read_passphrase
from tocsin.cli.private_files import new_private_file
from tocsin.cli.tables import ensure_tables
from tocsin.seal.keyfile import unwrap
from tocsin.vault import domain as vault
from tocsin.vault.models import Keyholder
from tocsin.vault.passphrase import tidy
from tocsin.vault.queries import is_ready, keyholders
from tocsin.vault.sheet import recovery_sheet

REFUSALS = (
    vault.KeyExistsError,
    vault.KeyholderExistsError,
    vault.PassphraseTooShortError,
    vault.PassphraseWrongError,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs; each names a campaign and reads passphrases from files or the terminal."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, line in (
        ("make", "make the campaign's key for its first keyholder"),
        ("add", "wrap the key for one more keyholder"),
        ("drill", "let a keyholder open a test row: a campaign opens only after each has"),
        ("sheet", "print a keyholder's recovery sheet as a PDF"),
    ):
        one = verbs.add_parser(verb, help=line, description=line)
        one.add_argument("slug", metavar="SLUG", help="the campaign")
        one.add_argument("--label", default="", metavar="NAME", help="the keyholder's name")
        one.add_argument("--passphrase-file", type=Path, metavar="F", help="without it, you are asked")
        if verb == "add":
            one.add_argument("--new-passphrase-file", type=Path, metavar="F", help="the new keyholder's passphrase")
        if verb == "sheet":
            one.add_argument("--output", type=Path, required=True, metavar="F", help="a new file, for you alone")
            one.add_argument("--language", default="en", metavar="LANG")


def run(options: argparse.Namespace) -> int:
    """Do what was asked for, or say in one line why not."""
    ensure_tables()
    campaign = queries.by_slug(options.slug)
    if campaign is None:
        return refuse(f"there is no campaign {options.slug!r} here")
    try:
        return _VERBS[options.verb](campaign, options)
    except REFUSALS as error:
        return refuse(str(error))
    except FileExistsError:
        return refuse(f"{options.output} is there already: name a new file")
    except (OSError, UnicodeDecodeError) as error:
        return refuse(f"cannot use {getattr(error, 'filename', None) or 'that file'}: {error}")


def _make(campaign: Campaign, options: argparse.Namespace) -> int:
    if not options.label:
        return refuse("name the keyholder with --label")
    vault.make_campaign_key(
        campaign=campaign.pk,
        slug=campaign.slug,
        label=options.label,
        passphrase=read_passphrase(options.passphrase_file, "New passphrase: "),
        now=timezone.now(),
    )
    print(f"{campaign.slug} has its key. Next: tocsin key drill {campaign.slug}")
    return 0


def _add(campaign: Campaign, options: argparse.Namespace) -> int:
    if not options.label:
        return refuse("name the new keyholder with --label")
    vault.add_keyholder(
        campaign=campaign.pk,
        slug=campaign.slug,
        label=options.label,
        passphrase=read_passphrase(options.passphrase_file, "Passphrase of a keyholder: "),
        new_passphrase=read_passphrase(options.new_passphrase_file, "Passphrase of the new one: "),
    )
    print(f"{options.label} holds the key too. Next: tocsin key drill {campaign.slug} --label '{options.label}'")
    return 0


def _drill(campaign: Campaign, options: argparse.Namespace) -> int:
    keyholder = _keyholder(campaign, options.label)
    if keyholder is None:
        return _which(campaign)
    passphrase = read_passphrase(options.passphrase_file)
    if not vault.drill(keyholder=keyholder, slug=campaign.slug, passphrase=passphrase, now=timezone.now()):
        return refuse(f"the test row of {keyholder.label} does not open with this passphrase")
    waiting = ", ".join(one.label for one in keyholders(campaign.pk) if one.drilled_on is None)
    print("the test row opened" + ("" if is_ready(campaign.pk) else f"; still to do it: {waiting}"))
    return 0


def _sheet(campaign: Campaign, options: argparse.Namespace) -> int:
    keyholder = _keyholder(campaign, options.label)
    if keyholder is None:
        return _which(campaign)
    passphrase = tidy(read_passphrase(options.passphrase_file))
    unwrap(bytes(keyholder.age_file), passphrase)  # a wrong passphrase on paper is lost data
    sheet = recovery_sheet(
        title=campaign.title.get(options.language) or campaign.title[campaign.languages[0]],
        slug=campaign.slug,
        base_url=settings.BASE_URL,
        keyholder=keyholder,
        passphrase=passphrase,
        language=options.language,
    )
    with new_private_file(options.output) as file:
        file.write(sheet)
    print(f"{options.output}: print it, lock it away, delete the file")
    return 0


def _keyholder(campaign: Campaign, label: str) -> Keyholder | None:
    """Return the keyholder of this name, or the only one there is."""
    held = keyholders(campaign.pk)
    if not label and len(held) == 1:
        return held[0]
    return next((one for one in held if one.label == label), None)


def _which(campaign: Campaign) -> int:
    labels = ", ".join(repr(one.label) for one in keyholders(campaign.pk))
    return refuse(f"name a keyholder with --label: {labels}" if labels else f"{campaign.slug} has no key yet")


_VERBS: dict[str, Callable[[Campaign, argparse.Namespace], int]] = {
    "make": _make,
    "add": _add,
    "drill": _drill,
    "sheet": _sheet,
}
