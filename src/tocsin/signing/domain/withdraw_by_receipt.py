"""Withdraw by receipt: for a signature that the log counts and the database has lost.

After a loss the public files bring back entries, not rows. Who holds the receipt, the link and the
address of such an entry can take it out of the number all the same: together they make the entry
again, byte for byte, and nobody else can. That it stands at its index in this server's own log says
more than the proof inside the receipt, so an old receipt does, also one signed by a key since exchanged.
"""

from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.kit import addresses
from tocsin.seal.tokens import from_text, manage_token, receipt_key, token_hash
from tocsin.signing.domain.withdraw import withdraw
from tocsin.signing.models import Tombstone
from tocsin.signing.states import State
from tocsin.tally import domain as tally
from tocsin.tally import queries as log
from tocsin.tlog import entry
from tocsin.tlog.entry import Kind, Reason
from tocsin.tlog.hashing import HASH_BYTES
from tocsin.tlog.receipt import Receipt, ReceiptError, entry_of
from tocsin.tlog.signed import read_checkpoint


class ByReceipt(StrEnum):
    """What came of it; all but the first two leave everything as it was."""

    WITHDRAWN = "withdrawn"
    ALREADY = "already"
    RECEIPT_UNREADABLE = "receipt-unreadable"
    OTHER_LOG = "other-log"
    LINK_UNREADABLE = "link-unreadable"
    ADDRESS_UNREADABLE = "address-unreadable"
    DO_NOT_MATCH = "do-not-match"
    """The three do not make an entry that is in the log: which of them is wrong is not said, and not known."""


def withdraw_by_receipt(*, receipt: str, link: str, address: str, now: datetime) -> ByReceipt:
    """Withdraw the signature that a receipt is about, whether or not its row is there.

    `link` is the one from the mail that asked to confirm, or the T in it; `address` as it was typed then.
    """
    read = _read_receipt(receipt)
    if not isinstance(read, Receipt):
        return read
    places = log.places_further(read_checkpoint(read.checkpoint).origin)
    if places is None:
        return ByReceipt.OTHER_LOG
    token = _token_of(link)
    if token is None:
        return ByReceipt.LINK_UNREADABLE
    parsed = addresses.parse(address.strip())
    if parsed is None:
        return ByReceipt.ADDRESS_UNREADABLE
    claim = read.claim
    made = entry_of(claim, receipt_key=receipt_key(token), address=parsed.typed)
    index = read.index + places
    if log.entry_at(index) != made:
        return ByReceipt.DO_NOT_MATCH
    return _take_out(token, index, entry.Sign(claim.campaign, made[-HASH_BYTES:]), now)


def _take_out(token: bytes, index: int, signed: entry.Sign, now: datetime) -> ByReceipt:
    # The ordinary way, when a row is there; a row from before its counting leaves no entry, so look on.
    had_row = withdraw(token=token, now=now)
    manage_hash = token_hash(manage_token(token))
    if Tombstone.objects.filter(manage_hash=manage_hash, index=index).exists():
        return ByReceipt.WITHDRAWN if had_row else ByReceipt.ALREADY
    if log.is_withdrawn(signed.campaign, index):
        return ByReceipt.ALREADY
    campaign = Campaign.objects.filter(slug=signed.campaign).first()
    if campaign is None:
        return ByReceipt.DO_NOT_MATCH
    stone = {"token_hash": token_hash(token), "campaign": campaign, "state": State.WITHDRAWN, "index": index}
    try:
        with db.transaction():
            # One of two presses leaves the tombstone and the entry; the other one meets its key.
            Tombstone.objects.filter(manage_hash=manage_hash, index=None).delete()
            Tombstone.objects.create(manage_hash=manage_hash, commitment=signed.commitment, **stone)
            gone = entry.withdraw(signed.campaign, index, Reason.SIGNATORY)
            tally.queue([tally.Queued(campaign.pk, Kind.WITHDRAW, gone)])
            touch(campaign=campaign)
    except IntegrityError:
        return ByReceipt.ALREADY
    return ByReceipt.WITHDRAWN


def _read_receipt(text: str) -> Receipt | ByReceipt:
    """Return the receipt in what was pasted; browsers send line ends of their own, and people an empty line more."""
    plain = text.replace("\r\n", "\n").strip("\n ") + "\n"
    try:
        read = Receipt.from_text(plain)
        _ = read.claim
    except ReceiptError:
        return ByReceipt.RECEIPT_UNREADABLE
    return read


def _token_of(link: str) -> bytes | None:
    """Return T from the link that confirms, or as it stands; other links hold m, which proves nothing."""
    typed = link.strip()
    before, slash, last = typed.rpartition("/")
    return from_text(last) if not slash or before.endswith("/c") else None
