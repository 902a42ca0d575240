"""Store taken signatures: their pending rows, their mails, their epochs and spent proofs, in one commit."""

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, connection

from tocsin import db
from tocsin.outbox import domain as outbox
from tocsin.signing.domain.take import Proof, Taken
from tocsin.signing.models import PendingSignature, SpentProof
from tocsin.vault.sealer import store_epochs

PENDING_COLUMNS = (
    "token_hash",
    "manage_hash",
    "campaign_id",
    "text_id",
    "privacy_id",
    "language",
    "country",
    "taken_on",
    "tag",
    "name_tag",
    "pc",
    "bind",
    "commitment",
    "sealed",
    "own_copy",
    "public_part",
    "shows_name",
    "keep_informed",
    "hold",
)
_PENDING = PendingSignature._meta.db_table  # noqa: SLF001  the table's name is Django's to give
_SPENT = SpentProof._meta.db_table  # noqa: SLF001  the table's name is Django's to give


def store(batch: Sequence[Taken]) -> list[bool]:
    """Store a batch inside the caller's transaction; False where the proof was spent before.

    The mail is posted in the same commit as the row it is about: neither exists alone.
    """
    db.required()
    fresh = spend([taken.proof for taken in batch if taken.proof is not None])
    # discard: a proof counts for the first of two that arrive in one batch.
    stored = [taken.proof is None or _claim(fresh, taken.proof) for taken in batch]
    kept = [taken for taken, is_stored in zip(batch, stored, strict=True) if is_stored]
    if kept:
        store_epochs({id(taken.epoch): taken.epoch for taken in kept}.values())
        # Sorted by the token's hash: in what order they came is nobody's business.
        db.insert_scattered(_PENDING, PENDING_COLUMNS, sorted(taken.pending for taken in kept))
        outbox.post([taken.letter for taken in kept])
    return stored


def _claim(fresh: set[bytes], proof: Proof) -> bool:
    if proof.nonce in fresh:
        fresh.remove(proof.nonce)
        return True
    return False


def spend(proofs: Sequence[Proof]) -> set[bytes]:
    """Write down the proofs as spent, inside the caller's transaction; return the nonces nobody had spent before."""
    unique = {proof.nonce: proof for proof in proofs}
    if not unique:
        return set()
    if db.is_sqlite():
        return _spend_all_or_some(unique)
    marks = ", ".join(["(%s, %s)"] * len(unique))
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{_SPENT}" (expires_at, nonce) VALUES {marks} ON CONFLICT DO NOTHING RETURNING nonce',  # noqa: S608  our own names
            [value for proof in unique.values() for value in proof],
        )
        return {bytes(nonce) for (nonce,) in cursor.fetchall()}


def is_spent(proof: Proof) -> bool:
    """Say whether a proof was spent before: before costly work for it; only `spend` settles it."""
    return proof.nonce in _spent({proof.nonce: proof})


def _spend_all_or_some(proofs: Mapping[bytes, Proof]) -> set[bytes]:
    """Spend proofs on SQLite: nearly always none was spent before, and one statement says so."""
    try:
        db.insert_at_once(_SPENT, Proof._fields, list(proofs.values()))
    except IntegrityError:
        fresh = proofs.keys() - _spent(proofs)  # nobody else writes meanwhile
        db.insert_many(_SPENT, Proof._fields, [proofs[nonce] for nonce in fresh])
        return fresh
    return set(proofs)


def _spent(proofs: Mapping[bytes, Proof]) -> set[bytes]:
    """Return which of the nonces are spent already."""
    until = {proof.expires_at for proof in proofs.values()}
    marks = [", ".join(["%s"] * count) for count in (len(until), len(proofs))]
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT nonce FROM "{_SPENT}" WHERE expires_at IN ({marks[0]}) AND nonce IN ({marks[1]})',  # noqa: S608  our own name
            [*until, *proofs],
        )
        return {bytes(nonce) for (nonce,) in cursor.fetchall()}
