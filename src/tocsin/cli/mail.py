"""`tocsin mail SLUG`: write to the signatories who asked to be kept informed, as the desk does."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from tocsin.campaigns.models import Campaign
from tocsin.cli.campaigns import campaign_named
from tocsin.cli.commands import refuse, unusable
from tocsin.cli.passphrases import read_passphrase
from tocsin.signing.opened import circulars
from tocsin.signing.opened.circulars import Refusal, Words
from tocsin.signing.opened.models import Circular, CircularState
from tocsin.vault import domain as vault
from tocsin.vault.reader import Reader

_LATER = "the worker ('tocsin serve' or 'tocsin work') sends it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `tocsin mail` takes."""
    parser.add_argument("slug", metavar="SLUG", help="the campaign")
    parser.add_argument("--subject", required=True, help="the mail's subject")
    parser.add_argument("--body", required=True, type=Path, metavar="FILE", help="its text, in Markdown")
    parser.add_argument("--language", metavar="L", help="the text's language (the campaign's first)")
    parser.add_argument("--country", action="append", default=[], metavar="CC", help="only signatories of this country")
    parser.add_argument("--only-language", action="append", default=[], metavar="L", help="only who signed in it")
    parser.add_argument("--test", metavar="ADDRESS", help="send it to this address alone; has to come first")
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        metavar="F",
        help="a file with a keyholder's passphrase; without it, you are asked",
    )


def run(options: argparse.Namespace) -> int:
    """Send a test, or post the letters of everybody; after a kill, the same command goes on where it was."""
    campaign = campaign_named(options.slug)
    try:
        words = _words(campaign, options)
    except (OSError, UnicodeDecodeError) as error:
        return refuse(unusable(error, options.body))
    if not words.subject or not all(text.strip() for text in (*words.subject.values(), *words.body.values())):
        return refuse("subject and text must not be empty")
    return _test(campaign, words, options.test) if options.test else _send_tested(campaign, words, options)


def _send_tested(campaign: Campaign, words: Words, options: argparse.Namespace) -> int:
    circular = _found(campaign, words)
    if circular is None or not circulars.is_tested(circular):
        return refuse("send these words to yourself first: the same command with --test ADDRESS")
    if circular.state == CircularState.SENT or (circular.state == CircularState.SENDING and circular.is_posted):
        return refuse("these words were sent already; nobody gets them twice")
    return _send(campaign, circular, options.passphrase_file)


def _words(campaign: Campaign, options: argparse.Namespace) -> Words:
    language = options.language or campaign.languages[0]
    body = options.body.read_text(encoding="utf-8").replace("\r\n", "\n")
    return Words({language: options.subject}, {language: body}, tuple(options.country), tuple(options.only_language))


def _found(campaign: Campaign, words: Words) -> Circular | None:
    """Return the newest circular with these words for these people, unless it was cancelled."""
    same = Circular.objects.filter(
        campaign=campaign,
        subject=words.subject,
        body=words.body,
        countries=list(words.countries),
        languages=list(words.languages),
    )
    rows = same.exclude(state=CircularState.CANCELLED).select_related("campaign")
    return rows.order_by("-pk").first()


def _test(campaign: Campaign, words: Words, to: str) -> int:
    circular = _found(campaign, words) or circulars.write(campaign=campaign, user=None, words=words)
    if circular is None or not circulars.send_test(circular=circular, to=to, now=datetime.now(UTC)):
        return refuse(f"{to!r} is no e-mail address")
    reach = circulars.reach(circular)
    print(
        f"tocsin: the test is in the outbox; {_LATER}. Without --test it goes to {reach} at the most", file=sys.stderr
    )
    return 0


def _send(campaign: Campaign, circular: Circular, passphrase_file: Path | None) -> int:
    try:
        passphrase = read_passphrase(passphrase_file)
        keys = vault.unlock_all(campaign=campaign.pk, slug=campaign.slug, passphrase=passphrase)
    except vault.PassphraseWrongError as error:
        return refuse(f"{error}; nothing was sent")
    except (OSError, UnicodeDecodeError) as error:
        return refuse(unusable(error, passphrase_file))
    refusal = _begin(circular, keys)
    if refusal is not None:
        return refuse(refusal.value)
    reader = Reader(keys, campaign.slug)
    while circulars.post_batch(circular=circular, keys=keys, reader=reader, now=datetime.now(UTC)):
        circular.refresh_from_db(fields=["read", "chosen"])
        print(f"\rtocsin: {circular.read} signatures opened, {circular.chosen} letters", end="", file=sys.stderr)
    circular.refresh_from_db()
    print(f"\rtocsin: {circular.chosen} letters are in the outbox; {_LATER}", file=sys.stderr)
    for said, number in (
        ("share a mailbox that has its letter", circular.repeated),
        ("want no mails", circular.never),
        ("did not open, or hold no consent", circular.closed),
    ):
        if number:
            print(f"tocsin: {number} {said}", file=sys.stderr)
    return 0 if circular.is_posted else refuse("somebody paused or ended it at the desk")


def _begin(circular: Circular, keys: list[bytes]) -> Refusal | None:
    """Start it, or go on with one that was left; one that is being sent already is helped along."""
    given = {"circular": circular, "door": "", "keys": keys, "ends_at": None, "now": datetime.now(UTC)}
    match circular.state:
        case CircularState.DRAFT:
            return circulars.start(user=None, **given)  # type: ignore[arg-type]  # the two verbs take the same
        case CircularState.PAUSED:
            return circulars.resume(**given)  # type: ignore[arg-type]  # as above
        case CircularState.SENDING if not circular.is_posted and not circulars.opens(circular, keys):
            return Refusal.OTHER_KEY
    return None
