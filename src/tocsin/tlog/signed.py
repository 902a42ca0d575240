"""Signed checkpoints: what a log says about itself, who vouches for it, and whether to believe it."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from tocsin.tlog import note
from tocsin.tlog.checkpoint import Checkpoint, CheckpointTextError
from tocsin.tlog.cosignature import CosignatureVerifier, timestamp_of
from tocsin.tlog.keys import LogSigner, LogVerifier
from tocsin.tlog.note import NoteError, NoteRefusal


class CheckpointRefusal(StrEnum):
    """Why a signed checkpoint is not believed."""

    MALFORMED = "malformed"
    BAD_SIGNATURE = "bad-signature"
    NOT_BY_THIS_LOG = "not-by-this-log"
    OTHER_ORIGIN = "other-origin"


class CheckpointError(ValueError):
    """A signed checkpoint was refused; `reason` says why."""

    def __init__(self, reason: CheckpointRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Cosigned(NamedTuple):
    """A witness that vouches for a checkpoint, and since when (seconds since 1970, by its own clock)."""

    witness: str
    at: int


class SignedCheckpoint(NamedTuple):
    """A checkpoint whose signatures were checked, the note it came in, and the witnesses that vouch for it."""

    checkpoint: Checkpoint
    note: str
    cosigned: tuple[Cosigned, ...]


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[LogSigner]) -> str:
    """Return the note of a checkpoint, signed by the log; two signers while a key is being exchanged.

    Raises ValueError when a signer's name is not the checkpoint's origin: nobody would believe it.
    """
    if not signers or any(signer.name != checkpoint.origin for signer in signers):
        message = "a checkpoint is signed by keys that bear its log's name"
        raise ValueError(message)
    return note.sign(checkpoint.text, signers)


def open_checkpoint(
    data: str | bytes, *, log_keys: Sequence[LogVerifier], witnesses: Sequence[CosignatureVerifier] = ()
) -> SignedCheckpoint:
    """Return a checkpoint that one of the log's keys has signed; raises CheckpointError.

    A witness's word adds to the log's and never stands for it. A signature by a known key that is
    wrong refuses the whole note, be it the log's or a witness's.
    """
    parsed, checkpoint = _parse(data)
    try:
        vouched = note.check(parsed, [*log_keys, *witnesses])
    except NoteError as error:
        is_bad = error.reason == NoteRefusal.BAD_SIGNATURE
        raise CheckpointError(
            CheckpointRefusal.BAD_SIGNATURE if is_bad else CheckpointRefusal.NOT_BY_THIS_LOG
        ) from error
    by_log = [one for one in vouched if isinstance(one.verifier, LogVerifier)]
    if not by_log:
        raise CheckpointError(CheckpointRefusal.NOT_BY_THIS_LOG)
    # A key that signs for two logs must not lend one's checkpoint to the other.
    if any(one.verifier.name != checkpoint.origin for one in by_log):
        raise CheckpointError(CheckpointRefusal.OTHER_ORIGIN)
    cosigned = {
        one.signature.name: Cosigned(one.signature.name, timestamp_of(one.signature.value))
        for one in vouched
        if isinstance(one.verifier, CosignatureVerifier)
    }
    return SignedCheckpoint(checkpoint, str(parsed), tuple(cosigned.values()))


def read_checkpoint(data: str | bytes) -> Checkpoint:
    """Return what a note's text says without believing it; raises CheckpointError when it is none."""
    return _parse(data)[1]


def _parse(data: str | bytes) -> tuple[note.Note, Checkpoint]:
    try:
        parsed = note.parse(data)
        return parsed, Checkpoint.from_text(parsed.text)
    except (NoteError, CheckpointTextError) as error:
        raise CheckpointError(CheckpointRefusal.MALFORMED) from error
