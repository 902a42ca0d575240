"""Receipts: one person's proof that their signature is counted, and to which words (c2sp.org/tlog-proof).

    c2sp.org/tlog-proof@v1
    extra AARkZW1v…                      base64 of lp(campaign, text_hash, pc)
    index 5
    gSKyXoYZ…                            the inclusion proof, one hash a line
                                         (a blank line)
    …                                    the signed checkpoint

The receipt alone proves nothing and shows no name. Checking it needs the receipt code, which is
made from the token in the mail, and the address: from them and `extra` the entry is made again, and
only the address that signed gives the one that is in the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from tocsin.kit.framing import dh, lp, mac
from tocsin.tlog import entry
from tocsin.tlog.cosignature import CosignatureVerifier
from tocsin.tlog.hashing import HASH_BYTES, leaf_hash
from tocsin.tlog.keys import LogVerifier
from tocsin.tlog.proofs import ProofError, ProofRefusal, verify_inclusion
from tocsin.tlog.signed import CheckpointError, CheckpointRefusal, SignedCheckpoint, open_checkpoint, read_checkpoint
from tocsin.tlog.text import SpellingError, from_base64, from_decimal, to_base64

FIRST_LINE = "c2sp.org/tlog-proof@v1"
MAX_RECEIPT_BYTES = 2_000_000
_MAX_HASHES = 63
_PARTS = 3


class ReceiptRefusal(StrEnum):
    """Why a receipt proves nothing to whoever checks it."""

    MALFORMED = "malformed"
    MALFORMED_CHECKPOINT = "malformed-checkpoint"
    BAD_SIGNATURE = "bad-signature"
    NOT_BY_THIS_LOG = "not-by-this-log"
    OTHER_ORIGIN = "other-origin"
    OTHER_CAMPAIGN = "other-campaign"
    OTHER_TEXT = "other-text"
    INDEX_BEYOND_SIZE = "index-beyond-size"
    OTHER_INDEX = "other-index"
    PROOF_TOO_SHORT = "proof-too-short"
    PROOF_TOO_LONG = "proof-too-long"
    NOT_THIS_SIGNATURE = "not-this-signature"
    """Index and length are right and the root is not: another address, receipt code, campaign or text than was
    signed, or a proof that was changed. Which of them, a hash cannot say."""


class ReceiptError(ValueError):
    """A receipt was refused; `reason` says why."""

    def __init__(self, reason: ReceiptRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Claim:
    """What a receipt says was signed; true only if it verifies. Both hashes are 32 bytes."""

    campaign: str
    text_hash: bytes
    pc: bytes

    def to_bytes(self) -> bytes:
        """Return the claim as a receipt's `extra`."""
        return lp(self.campaign.encode(), self.text_hash, self.pc)

    @classmethod
    def from_bytes(cls, extra: bytes) -> Self:
        """Return the claim of a receipt's `extra`; raises ReceiptError unless it is exactly that."""
        parts, rest = [], extra
        for _ in range(_PARTS):
            length = 2 + int.from_bytes(rest[:2], "big")
            parts.append(rest[2:length])
            rest = rest[length:]
        campaign, text_hash, pc = parts
        is_exact = not rest and len(text_hash) == len(pc) == HASH_BYTES and lp(*parts) == extra
        if not is_exact or not entry.is_name(campaign):
            raise ReceiptError(ReceiptRefusal.MALFORMED)
        return cls(campaign.decode(), text_hash, pc)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it was read, nothing checked yet. `checkpoint` is the signed note, `proof` 32-byte hashes."""

    index: int
    proof: tuple[bytes, ...]
    checkpoint: str
    extra: bytes

    @property
    def claim(self) -> Claim:
        """What it says was signed; raises ReceiptError when `extra` is not of our shape."""
        return Claim.from_bytes(self.extra)

    @property
    def text(self) -> str:
        """The receipt as a file, `.tlog-proof`."""
        head = [FIRST_LINE, f"extra {to_base64(self.extra)}", f"index {self.index}", *map(to_base64, self.proof)]
        return "\n".join(head) + f"\n\n{self.checkpoint}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return the receipt of a file; raises ReceiptError unless it is spelled canonically."""
        head, blank, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        first, extra, index, *proof = [*lines, "", "", ""][: max(len(lines), _PARTS)]
        is_shaped = first == FIRST_LINE and extra.startswith("extra ") and index.startswith("index ")
        if len(text) > MAX_RECEIPT_BYTES or not blank or not is_shaped or len(proof) > _MAX_HASHES:
            raise ReceiptError(ReceiptRefusal.MALFORMED)
        try:
            hashes = tuple(map(from_base64, proof))
            made = cls(from_decimal(index[6:]), hashes, checkpoint, from_base64(extra[6:]))
        except SpellingError as error:
            raise ReceiptError(ReceiptRefusal.MALFORMED) from error
        if any(len(one) != HASH_BYTES for one in hashes):
            raise ReceiptError(ReceiptRefusal.MALFORMED)
        try:
            read_checkpoint(checkpoint)
        except CheckpointError as error:
            raise ReceiptError(ReceiptRefusal.MALFORMED_CHECKPOINT) from error
        return made


@dataclass(frozen=True, slots=True)
class Verified:
    """What a receipt proved: this entry is in the log at this index. A later withdrawal it cannot show."""

    index: int
    claim: Claim
    entry: bytes
    signed: SignedCheckpoint


def entry_of(claim: Claim, *, receipt_key: bytes, address: str) -> bytes:
    """Return the entry that whoever holds `receipt_key`, 32 bytes, and `address` must have in the log."""
    bind = mac(receipt_key, address.encode())
    return entry.sign(claim.campaign, dh("sign", claim.campaign.encode(), claim.text_hash, claim.pc, bind))


def verify_receipt(
    receipt: Receipt,
    *,
    receipt_key: bytes,
    address: str,
    log_keys: Sequence[LogVerifier],
    witnesses: Sequence[CosignatureVerifier] = (),
    campaign: str | None = None,
    text_hash: bytes | None = None,
) -> Verified:
    """Return what a receipt proves about the signature of `address`; raises ReceiptError with the reason.

    `receipt_key` is sub(T, "receipt"), and `address` is as it was typed when signing. `campaign` and
    `text_hash`, when given, must be those that were signed; otherwise read them from the answer.
    """
    claim = receipt.claim
    if campaign is not None and claim.campaign != campaign:
        raise ReceiptError(ReceiptRefusal.OTHER_CAMPAIGN)
    if text_hash is not None and claim.text_hash != text_hash:
        raise ReceiptError(ReceiptRefusal.OTHER_TEXT)
    try:
        signed = open_checkpoint(receipt.checkpoint, log_keys=log_keys, witnesses=witnesses)
    except CheckpointError as error:
        raise ReceiptError(_CHECKPOINT_REFUSALS[error.reason]) from error
    made = entry_of(claim, receipt_key=receipt_key, address=address)
    refusal = _refusal(receipt, signed, made, receipt.index)
    if refusal is None:
        return Verified(receipt.index, claim, made, signed)
    if any(_refusal(receipt, signed, made, near) is None for near in (receipt.index - 1, receipt.index + 1)):
        refusal = ReceiptRefusal.OTHER_INDEX
    raise ReceiptError(refusal)


_CHECKPOINT_REFUSALS = {
    CheckpointRefusal.MALFORMED: ReceiptRefusal.MALFORMED_CHECKPOINT,
    CheckpointRefusal.BAD_SIGNATURE: ReceiptRefusal.BAD_SIGNATURE,
    CheckpointRefusal.NOT_BY_THIS_LOG: ReceiptRefusal.NOT_BY_THIS_LOG,
    CheckpointRefusal.OTHER_ORIGIN: ReceiptRefusal.OTHER_ORIGIN,
}
_PROOF_REFUSALS = {
    ProofRefusal.INDEX_BEYOND_SIZE: ReceiptRefusal.INDEX_BEYOND_SIZE,
    ProofRefusal.TOO_SHORT: ReceiptRefusal.PROOF_TOO_SHORT,
    ProofRefusal.TOO_LONG: ReceiptRefusal.PROOF_TOO_LONG,
}


def _refusal(receipt: Receipt, signed: SignedCheckpoint, made: bytes, index: int) -> ReceiptRefusal | None:
    size, root = signed.checkpoint.size, signed.checkpoint.root
    try:
        verify_inclusion(index=index, size=size, leaf=leaf_hash(made), proof=receipt.proof, root=root)
    except ProofError as error:
        return _PROOF_REFUSALS.get(error.reason, ReceiptRefusal.NOT_THIS_SIGNATURE)
    return None
