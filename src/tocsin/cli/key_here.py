"""What `tocsin key` does with the database of this server: make, hold, drill and exchange keys."""

import argparse
from collections.abc import Callable, Sequence

from django.conf import settings
from django.utils import timezone

from tocsin.campaigns.domain import exchange_key
from tocsin.campaigns.key_alarm import key_alarm
from tocsin.campaigns.models import Campaign
from tocsin.cli.campaigns import campaign_named
from tocsin.cli.commands import refuse, unusable
from tocsin.cli.passphrases import read_passphrase
from tocsin.cli.private_files import new_private_file
from tocsin.seal.keyfile import unwrap
from tocsin.vault import domain as vault
from tocsin.vault.laptop import read_public_file, write_test_row
from tocsin.vault.models import Keyholder
from tocsin.vault.passphrase import tidy
from tocsin.vault.queries import key_in_use, keyholders, keyholders_of, next_key, undrilled
from tocsin.vault.sheet import recovery_sheet


class KeyholderUnknownError(Exception):
    """No keyholder of a campaign's key is called so; the message names those who `held` it."""

    def __init__(self, campaign: Campaign, held: Sequence[Keyholder]) -> None:
        labels = ", ".join(repr(one.label) for one in held)
        super().__init__(f"name a keyholder with --label: {labels}" if labels else f"{campaign.slug} has no key yet")


REFUSALS = (
    KeyholderUnknownError,
    vault.BadPublicFileError,
    vault.KeyExistsError,
    vault.LastKeyholderError,
    vault.NextKeyExistsError,
    vault.NextKeyMissingError,
    vault.NotDrilledError,
    vault.KeyholderExistsError,
    vault.PassphraseTooShortError,
    vault.PassphraseWrongError,
)


def run(options: argparse.Namespace) -> int:
    """Do what was asked for, or say in one line why not."""
    campaign = campaign_named(options.slug)
    try:
        code = VERBS[options.verb](campaign, options)
        return code if options.verb == "check" else max(code, _alarmed(campaign))
    except REFUSALS as error:
        return refuse(str(error))
    except FileExistsError:
        return refuse(f"{options.output} is there already: name a new file")
    except (OSError, UnicodeDecodeError) as error:
        return refuse(unusable(error))


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
    keyholder = _keyholder(campaign, options.label, is_next=options.next)
    passphrase = read_passphrase(options.passphrase_file)
    if not vault.drill(keyholder=keyholder, slug=campaign.slug, passphrase=passphrase, now=timezone.now()):
        return refuse(f"the test row of {keyholder.label} does not open with this passphrase")
    waiting = ", ".join(undrilled(keyholder.key))
    print("the test row opened" + (f"; still to do it: {waiting}" if waiting else ""))
    return 0


def _sheet(campaign: Campaign, options: argparse.Namespace) -> int:
    keyholder = _keyholder(campaign, options.label)
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


def _remove(campaign: Campaign, options: argparse.Namespace) -> int:
    removed = vault.remove_keyholder(campaign=campaign.pk, label=options.label)
    if removed is None:
        raise KeyholderUnknownError(campaign, keyholders(campaign.pk))
    if removed is vault.Removed.FILES:
        print(f"{options.label}'s files are gone from this server. A copy still opens what was signed until now:")
    else:
        print(f"{options.label} is no longer named. Their age file never lay here; it opens what was signed until now:")
    print(f"exchange the key, so that it opens nothing new. Next: tocsin key next {campaign.slug} --label NAME")
    return 0


def _next(campaign: Campaign, options: argparse.Namespace) -> int:
    if not options.label:
        return refuse("name the keyholder with --label")
    if key_in_use(campaign.pk) is None:
        return refuse(f"{campaign.slug} has no key yet: tocsin key make {campaign.slug}")
    old = options.old_passphrase_file
    key = vault.make_next_key(
        campaign=campaign.pk,
        slug=campaign.slug,
        label=options.label,
        passphrase=read_passphrase(options.passphrase_file, "New passphrase: "),
        old_passphrase=read_passphrase(old, "") if old else "",
        now=timezone.now(),
    )
    print(f"the next key waits ({bytes(key.fingerprint).hex()[:16]}…)")
    print(f"Next: tocsin key drill {campaign.slug} --next, then tocsin key use {campaign.slug}")
    return 0


def _use(campaign: Campaign, options: argparse.Namespace) -> int:
    del options
    key = exchange_key(campaign=campaign, now=timezone.now())
    print(f"{campaign.slug} seals to the key {bytes(key.fingerprint).hex()} from now on; the log says so.")
    print("The old key still opens what was sealed to it: keep its passphrases and sheets.")
    return 0


def _drop(campaign: Campaign, options: argparse.Namespace) -> int:
    del options
    if not vault.drop_next_key(campaign=campaign.pk):
        return refuse("no next key waits")
    print("the next key is gone; nothing was ever sealed to it")
    return 0


def _check(campaign: Campaign, options: argparse.Namespace) -> int:
    """Show the key's fingerprint, and say whether key, log and age files agree."""
    del options
    key = key_in_use(campaign.pk)
    if key is None:
        return refuse(f"{campaign.slug} has no key yet")
    print(f"fingerprint: {bytes(key.fingerprint).hex()}")
    for one in keyholders(campaign.pk):
        drilled = f"opened a test row on {one.drilled_on}" if one.drilled_on else "has not opened a test row"
        print(f"keyholder: {one.label}, {drilled}")
    if _alarmed(campaign):
        return 1
    print("The key is the one that the log knows.")
    return 0


def _alarmed(campaign: Campaign) -> int:
    """Say it when the campaign's key was exchanged behind the log's back; return the exit code."""
    alarm = key_alarm(campaign)
    if alarm is None:
        return 0
    return refuse(
        f"ALARM: the public key of {campaign.slug} in the database is not the one that its keyholders made ({alarm}). "
        "Its form is closed. Find out who changed the database before anything else."
    )


def _import(campaign: Campaign, options: argparse.Namespace) -> int:
    key = vault.import_key(
        campaign=campaign.pk,
        slug=campaign.slug,
        key=read_public_file(options.public.read_bytes()),
        now=timezone.now(),
    )
    print(f"the key {bytes(key.fingerprint).hex()} is here{', and waits to be used' if key.is_waiting else ''}.")
    print(f"Next, for each keyholder: tocsin key test-row {campaign.slug} --label NAME --output test-row.json")
    return 0


def _test_row(campaign: Campaign, options: argparse.Namespace) -> int:
    keyholder = _keyholder(campaign, options.label, is_next=_waits(campaign))
    with new_private_file(options.output) as file:
        file.write(write_test_row(bytes(keyholder.drill_row), bytes(keyholder.drill_epoch)))
    print(f"on the laptop: tocsin key prove {options.output.name} --age-file FILE.age; it prints a code. Then here:")
    print(f"tocsin key proved {campaign.slug} CODE --label '{keyholder.label}'")
    return 0


def _proved(campaign: Campaign, options: argparse.Namespace) -> int:
    keyholder = _keyholder(campaign, options.label, is_next=_waits(campaign))
    if not vault.prove_drill(keyholder=keyholder, code=options.code, now=timezone.now()):
        return refuse(f"this is not the code of {keyholder.label}'s test row")
    print(f"{keyholder.label} has shown that they can open what is sealed")
    return 0


def _waits(campaign: Campaign) -> bool:
    return next_key(campaign.pk) is not None


def _keyholder(campaign: Campaign, label: str, *, is_next: bool = False) -> Keyholder:
    """Return the keyholder of this name, or the only one there is; raises KeyholderUnknownError."""
    waiting = next_key(campaign.pk) if is_next else None
    held = keyholders_of(waiting) if waiting is not None else keyholders(campaign.pk)
    if not label and len(held) == 1:
        return held[0]
    for one in held:
        if one.label == label:
            return one
    raise KeyholderUnknownError(campaign, held)


VERBS: dict[str, Callable[[Campaign, argparse.Namespace], int]] = {
    "make": _make,
    "add": _add,
    "drill": _drill,
    "sheet": _sheet,
    "remove": _remove,
    "next": _next,
    "use": _use,
    "drop": _drop,
    "check": _check,
    "import": _import,
    "test-row": _test_row,
    "proved": _proved,
}
