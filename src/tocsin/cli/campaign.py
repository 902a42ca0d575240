"""`tocsin campaign`: put a campaign up from a file, and hand one out as a file."""

import argparse
import sys
from collections.abc import Iterable
from dataclasses import replace
from email.utils import parseaddr
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from tocsin.campaigns import queries
from tocsin.campaigns.campaign_file import CampaignFile, read_campaign_file
from tocsin.campaigns.domain import export_campaign, import_campaign, open_alone, what_file_lacks
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.picture_process import bounded_jpeg
from tocsin.campaigns.refusals import Refusal, Refused, RefusedError
from tocsin.cli.campaigns import campaign_named
from tocsin.cli.commands import refuse, unusable
from tocsin.cli.tables import ensure_tables
from tocsin.rallies.campaign_file import RALLIES
from tocsin.vault.passphrase import PassphraseTooShortError, checked

PARTS = (RALLIES,)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `import` and `export`."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    bring = verbs.add_parser("import", help="put up the campaign that a TOML file describes, whole or not at all")
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--owner", metavar="EMAIL", help="whose campaign it is: an account of this server")
    bring.add_argument("--open", action="store_true", help="make its key, publish its texts and open it to the public")
    bring.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="F",
        help="a file with the keyholder's passphrase, for --open; it is used and not kept",
    )
    hand_out = verbs.add_parser("export", help="write a campaign as TOML to standard output")
    hand_out.add_argument("slug", metavar="SLUG")


def run(options: argparse.Namespace) -> int:
    """Do what was asked for; say in one line each why something was refused."""
    ensure_tables()
    return _export(options.slug) if options.verb == "export" else _import(options)


def _export(slug: str) -> int:
    campaign = campaign_named(slug)
    sys.stdout.write(export_campaign(campaign=campaign, parts=PARTS))
    if queries.current_version(campaign) and queries.draft_version(campaign):
        print("tocsin: the published appeal was written; its unpublished draft was not", file=sys.stderr)
    return 0


def _import(options: argparse.Namespace) -> int:
    if options.open != bool(options.passphrase_file):
        return refuse("--open and --passphrase-file FILE go together: the key is made for that passphrase")
    try:
        return _bring_in(options)
    except RefusedError as error:
        return _refused(options.file, error.refused)
    except PassphraseTooShortError as error:
        return refuse(f"{options.passphrase_file}: {error}; nothing was imported")
    except (OSError, UnicodeDecodeError) as error:
        unread = getattr(error, "filename", None) or options.passphrase_file
        return refuse(f"{unusable(error, unread)}; nothing was imported")


def _bring_in(options: argparse.Namespace) -> int:
    # Everything that can be known to fail fails before the first row is written.
    passphrase = checked(options.passphrase_file.read_text(encoding="utf-8")) if options.open else ""
    owner = User.objects.filter(email__iexact=options.owner).first() if options.owner else None
    if options.owner and owner is None:
        return refuse(f"{options.owner} has no account here: make one with 'tocsin admin create {options.owner}'")
    file = read_campaign_file(options.file.read_bytes(), PARTS)
    if options.open:
        file = _with_contact(file, owner)
        if lacks := tuple(what_file_lacks(file)):
            raise RefusedError(lacks)
    picture = _picture(file, options.file.parent)
    campaign = import_campaign(file=file, owner=owner, picture=picture, now=timezone.now())
    print(f"{campaign.slug}: imported as a draft{_with_rallies(campaign)}")
    of_parts = [key for part, _ in file.parts for key in part.keys if key in campaign.carried]
    if kept := [*file.carried_keys, *of_parts]:
        print(f"kept for later features, not shown yet: {', '.join(kept)}")
    return _open(campaign, file, owner, passphrase) if options.open else 0


def _with_rallies(campaign: Campaign) -> str:
    rallies, days = campaign.rallies.count(), campaign.days_of_action.count()
    return f", with rallies: {rallies}, days of action: {days}" if rallies or days else ""


def _with_contact(file: CampaignFile, owner: User | None) -> CampaignFile:
    """Give a file without a contact one, and say so: an open campaign has to be reachable."""
    if file.details.contact:
        return file
    contact = owner.email if owner else _own_address()
    print(f"campaign.contact is not given: {contact} will be shown, until you set another at the desk")
    return replace(file, details=replace(file.details, contact=contact))


def _own_address() -> str:
    """Return the address that this server's mails come from, if it is one that can be shown."""
    _, address = parseaddr(settings.MAIL_FROM)
    try:
        validate_email(address)
    except ValidationError:  # a server on trial has a number for a name
        return "noreply@localhost"
    return address


def _open(campaign: Campaign, file: CampaignFile, owner: User | None, passphrase: str) -> int:
    label = next(iter(file.keyholders), "") or (owner.email if owner else "keyholder")
    try:
        open_alone(campaign=campaign, label=label, passphrase=passphrase, now=timezone.now())
    except RefusedError as error:
        reasons = " ".join(one.mend for one in error.refused)
        return refuse(f"{campaign.slug} stays a draft: {reasons}")
    print(f"open: {settings.BASE_URL}/{campaign.languages[0]}/{campaign.slug}/")
    print("whoever has the passphrase can open what is signed; nobody can without it: keep it safe")
    return 0


def _picture(file: CampaignFile, folder: Path) -> bytes | None:
    """Return the picture beside the campaign file, or the one of ours that an export has named."""
    if not file.picture:
        return None
    beside, ours = folder / file.picture, Path(settings.MEDIA_ROOT) / file.picture
    try:
        if _is_below(beside, folder):
            with beside.open("rb") as upload:
                return bounded_jpeg(upload)
        if _is_below(ours, Path(settings.MEDIA_ROOT) / "campaigns"):
            return ours.read_bytes()  # made by bounded_jpeg once; making it again would only blur it
    except RefusedError as error:
        raise RefusedError.of(error.refused[0].refusal, "campaign.picture") from error
    raise RefusedError.of(Refusal.PICTURE_MISSING, "campaign.picture")


def _is_below(path: Path, folder: Path) -> bool:
    """Say whether `path` is a file inside `folder`; a file's name must not lead anywhere else."""
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())


def _refused(file: Path, refused: Iterable[Refused]) -> int:
    for one in refused:
        print(f"tocsin: {file}: {one.field}: {one.mend}", file=sys.stderr)
    return refuse("nothing was imported")
