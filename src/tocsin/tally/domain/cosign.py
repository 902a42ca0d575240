"""Add a witness's cosignature to a published checkpoint, or note why there is none.

Only the row is written: the file that everybody reads has one writer, the sequencer, which shows
what the row says at its next run. Dying in between loses nothing.
"""

from datetime import UTC, datetime

from tocsin import db
from tocsin.tally.models import Checkpoint, Witness
from tocsin.tlog.cosignature import CosignatureVerifier, timestamp_of
from tocsin.tlog.note import Signature, parse

_LATEST = datetime(9999, 12, 31, tzinfo=UTC).timestamp()


class WrongCosignatureError(Exception):
    """A cosignature is not this witness's over this checkpoint."""


def add_cosignature(*, size: int, verifier: CosignatureVerifier, signature: Signature) -> bool:
    """Add a cosignature to the checkpoint of `size`; False if the witness's stands there already, or nothing does.

    Raises WrongCosignatureError unless it is the witness's own over that checkpoint.
    """
    with db.transaction():
        row = Checkpoint.objects.filter(size=size).first()
        if row is None:
            return False
        _check(row.note, verifier, signature)
        at = datetime.fromtimestamp(timestamp_of(signature.value), UTC)
        _move(verifier.name, size, at)
        has_it = f"— {verifier.name} " in row.cosignatures
        # Whoever adds one at the same moment is not overwritten: then this one comes with the next checkpoint.
        same = Checkpoint.objects.filter(size=size, cosignatures=row.cosignatures)
        return not has_it and bool(same.update(cosignatures=row.cosignatures + signature.line))


def note_witness_refusal(*, witness: str, reason: str) -> bool:
    """Note why a witness has not cosigned, "" for no reason; False when that was known already."""
    Witness.objects.get_or_create(name=witness)
    return bool(Witness.objects.filter(name=witness).exclude(refusal=reason).update(refusal=reason))


def _check(note: str, verifier: CosignatureVerifier, signature: Signature) -> None:
    is_its = (signature.name, signature.key_id) == (verifier.name, verifier.key_id)
    is_when = timestamp_of(signature.value) < _LATEST
    if not is_its or not is_when or not verifier.verify(parse(note).text.encode(), signature.value):
        raise WrongCosignatureError(verifier.name)


def _move(witness: str, size: int, at: datetime) -> None:
    Witness.objects.get_or_create(name=witness)
    Witness.objects.filter(name=witness, size__lte=size).update(size=size, cosigned_at=at)
