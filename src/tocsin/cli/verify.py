"""`tocsin verify`: check a receipt without asking anybody (docs/spec/receipt.md).

Exit codes: 0 it proves that the signature is counted; 1 it could not be checked; 3 it does not prove it.
"""

import argparse
import getpass
import re
import sys
import unicodedata
from pathlib import Path

from tocsin.cli.audit.findings import AuditError, Outcome, shown
from tocsin.cli.audit.keeping import Kept, all_pinned, default_folder
from tocsin.cli.audit.trust import find_keys
from tocsin.cli.audit.web import Web
from tocsin.cli.commands import refuse, unusable
from tocsin.kit.framing import dh, sub
from tocsin.tlog.keys import KeyTextError, LogVerifier, parse_log_vkey
from tocsin.tlog.receipt import (
    MAX_RECEIPT_BYTES,
    Receipt,
    ReceiptError,
    ReceiptRefusal,
    Verified,
    verify_receipt,
)
from tocsin.tlog.signed import read_checkpoint
from tocsin.tlog.text import SpellingError, from_base64

_LINK = re.compile(r"(?:^|/)(?:(?P<door>[cm])/)?(?P<secret>[A-Za-z0-9_-]{43})(?:[/?#].*)?\Z", re.ASCII)
_MOST_TEXT = 65_535

_WHY = {
    ReceiptRefusal.MALFORMED: "This is no receipt, or it was changed: copies must be exact, byte for byte.",
    ReceiptRefusal.MALFORMED_CHECKPOINT: "What stands below the empty line is no checkpoint: was the file cut off?",
    ReceiptRefusal.BAD_SIGNATURE: "The log's signature is wrong: somebody has changed the checkpoint.",
    ReceiptRefusal.NOT_BY_THIS_LOG: "The log's key that you know has not signed this.",
    ReceiptRefusal.OTHER_ORIGIN: "It is a receipt of another log than the key is for.",
    ReceiptRefusal.OTHER_CAMPAIGN: "It is a receipt of another campaign.",
    ReceiptRefusal.OTHER_TEXT: "It is a receipt for another text than this one.",
    ReceiptRefusal.INDEX_BEYOND_SIZE: "It names an entry that the log did not have when it signed.",
    ReceiptRefusal.OTHER_INDEX: "The signature is in the log, but not at this index: the receipt was changed.",
    ReceiptRefusal.PROOF_TOO_SHORT: "The proof is cut off.",
    ReceiptRefusal.PROOF_TOO_LONG: "The proof is longer than it can be.",
    ReceiptRefusal.NOT_THIS_SIGNATURE: (
        "It does not show a signature by this address with this link or code. Is the address spelled as it was when"
        " signing, and is the link from that very mail? If both are right, the receipt was changed."
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `tocsin verify` takes."""
    parser.add_argument("receipt", type=Path, metavar="RECEIPT", help="the file, name.tlog-proof")
    parser.add_argument("--email", metavar="ADDRESS", help="the address that signed; without it, you are asked")
    secret = parser.add_mutually_exclusive_group()
    secret.add_argument("--code", help="the receipt code; without it, you are asked for it or for the link")
    secret.add_argument("--link", help="the mail's link. Who has it can withdraw, so better be asked for it")
    key = parser.add_mutually_exclusive_group()
    key.add_argument("--vkey", action="append", default=[], metavar="VKEY", help="the log's key; may be repeated")
    key.add_argument("--url", metavar="URL", help="the server: its key as remembered by 'tocsin audit', or fetched now")
    parser.add_argument("--text", type=Path, metavar="FILE", help="the text that was signed, to be compared")
    parser.add_argument("--campaign", metavar="SLUG", help="the campaign that it must be of")
    parser.add_argument("--state", type=Path, metavar="DIR", help="where 'tocsin audit' remembers logs")


def run(options: argparse.Namespace) -> int:
    """Check a receipt and say what it proves, or why it does not."""
    try:
        receipt = Receipt.from_text(_read(options.receipt, MAX_RECEIPT_BYTES))
        text_hash = _text_hash(options.text) if options.text else None
        log_keys = _log_keys(options, read_checkpoint(receipt.checkpoint).origin)
        secrets = _secrets(options)
        address = options.email or input("The address that signed: ").strip()
        proved = _proved(
            receipt,
            secrets=secrets,
            address=address,
            log_keys=log_keys,
            campaign=options.campaign,
            text_hash=text_hash,
        )
    except ReceiptError as error:
        print(f"NOT PROVEN: {_WHY[error.reason]} ({error.reason})")
        return Outcome.WRONG
    except AuditError as error:
        refuse(error.words)
        return error.outcome
    except (KeyTextError, ValueError, EOFError) as error:
        refuse(str(error) or "nothing was typed")
        return Outcome.NOT_CHECKED
    print(_words(proved, address, log_keys, is_text_known=text_hash is not None))
    return Outcome.AGREES


def _proved(
    receipt: Receipt,
    *,
    secrets: list[bytes],
    address: str,
    log_keys: list[LogVerifier],
    campaign: str | None,
    text_hash: bytes | None,
) -> Verified:
    """Return what the receipt proves with one of `secrets`; raises the ReceiptError of the first one."""
    refusal: ReceiptError | None = None
    for secret in secrets:
        try:
            return verify_receipt(
                receipt,
                receipt_key=secret,
                address=address,
                log_keys=log_keys,
                campaign=campaign,
                text_hash=text_hash,
            )
        except ReceiptError as error:
            refusal = refusal or error
    raise refusal or ReceiptError(ReceiptRefusal.NOT_THIS_SIGNATURE)


def _secrets(options: argparse.Namespace) -> list[bytes]:
    """Return the keys that a link or code may stand for; a bare one may be either."""
    if options.link:
        print("note: the link is in your shell's history now, and who has it can withdraw", file=sys.stderr)
    typed = options.link or options.code or getpass.getpass("The link from the mail, or the receipt code (not shown): ")
    found = _LINK.search(typed.strip())
    if found is None:
        message = "this is neither the link of the mail nor a receipt code"
        raise ValueError(message)
    try:
        secret = from_base64(found["secret"].replace("-", "+").replace("_", "/") + "=")
    except SpellingError as error:
        message = "the link or code is not complete"
        raise ValueError(message) from error
    return [sub(secret, "receipt")] if found["door"] else [secret, sub(secret, "receipt")]


def _log_keys(options: argparse.Namespace, origin: str) -> list[LogVerifier]:
    """Return the log's keys: those given, those of a server, or those that 'tocsin audit' has pinned."""
    folder = options.state or default_folder()
    if options.vkey:
        return [parse_log_vkey(text) for text in options.vkey]
    if options.url:
        tally = f"{options.url.rstrip('/').removesuffix('/tally')}/tally"
        with Web(tally) as web:
            return find_keys(web, Kept(folder, tally), [], []).keys
    pinned = [key for key in all_pinned(folder) if key.name == origin]
    if not pinned:
        message = f"give the key of the log {shown(origin)} with --vkey, as others have it; or --url to ask its server"
        raise AuditError.unchecked(words=message)
    return pinned


def _words(proved: Verified, address: str, log_keys: list[LogVerifier], *, is_text_known: bool) -> str:
    """Return what was proven, and what cannot be."""
    checkpoint, claim = proved.signed.checkpoint, proved.claim
    signed_by = next(key.vkey for key in log_keys if key.name == checkpoint.origin)
    text = "the text given" if is_text_known else "the text with this hash (compare it with --text FILE)"
    return f"""\
ok  the receipt is spelled as it should be
ok  the log {checkpoint.origin} has signed its {checkpoint.size:,} entries
    by the key {signed_by}
ok  the signature of {shown(address)} for {claim.campaign} is entry {proved.index:,} among them
ok  it was given to {text}
    {claim.text_hash.hex()}

PROVEN: this address signed that text, and it is counted.
Not shown: whether it was withdrawn later ('tocsin audit' recounts that), and whether everybody is shown
the same log ('tocsin audit --compare', or witnesses)."""


def _text_hash(path: Path) -> bytes:
    text = _read(path, _MOST_TEXT).replace("\r\n", "\n").replace("\r", "\n")
    return dh("text", unicodedata.normalize("NFC", text).encode())


def _read(path: Path, most: int) -> str:
    """Return a file's text as it is, line ends and all."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
        text = data.decode()
    except OSError as error:
        raise AuditError.unchecked(words=unusable(error, path)) from error
    except UnicodeDecodeError as error:
        raise AuditError.unchecked(words=f"{path} is no text: give the file as it was downloaded") from error
    if len(data) > most:
        raise AuditError.unchecked(words=f"{path} is too long")
    return text
