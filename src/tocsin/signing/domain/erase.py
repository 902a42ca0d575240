"""Erase one signature: what withdrawing, striking and disowning have in common.

Note on order. The sequencer takes an entry from the queue and then writes its index on the row;
whoever erases asks the queue first too, so that the two can wait for each other but never in a
circle. Nothing else is locked beforehand: the row is deleted as it was read, and read again when
somebody released it, counted it or put its name on the list meanwhile.
"""

from dataclasses import dataclass

from django.db.models import QuerySet

from tocsin import db
from tocsin.signing.models import Listing, Signature, Tombstone
from tocsin.signing.states import State
from tocsin.tally import domain as tally
from tocsin.tlog import entry
from tocsin.tlog.entry import Kind, Reason


@dataclass(frozen=True, slots=True)
class Erased:
    """A signature that is gone: its campaign's number, and the index it had in the log, if any."""

    campaign: int
    index: int | None


def erase(
    manage_hash: bytes,
    *,
    state: State,
    reason: Reason,
    strike: int | None = None,
    logged_index: int | None = None,
    only_held: bool = False,
) -> Erased | None:
    """Erase a signature in the caller's transaction, leave its tombstone, and queue its withdrawal if it has an index.

    None says that there is none, or that somebody else erased it first: their tombstone and
    entry stand. `strike` is the record whose public reason the tombstone names. `logged_index`
    says that the log holds the withdrawal already, of the signature at that index. `only_held`
    leaves alone what was released.
    """
    db.required()
    is_unqueued = False
    while (row := _find(manage_hash)) is not None:
        if only_held and row.state != State.HELD:
            return None
        if row.state == State.CONFIRMED and not is_unqueued:
            is_unqueued = tally.unqueue(entry.sign(row.campaign.slug, bytes(row.commitment)))
            if not is_unqueued:
                # The sequencer's commit is behind us, or another erasing: the row as it is now tells which.
                row = _find(manage_hash)
                if row is None:
                    return None
        if _as_read(row).delete()[0]:
            index = row.index if logged_index is None else logged_index
            _leave_tombstone(row, state=state, index=index, strike=strike)
            if row.index is not None and logged_index is None:
                gone = entry.withdraw(row.campaign.slug, row.index, reason)
                tally.queue([tally.Queued(row.campaign_id, Kind.WITHDRAW, gone)])
            return Erased(row.campaign_id, index)
    return None


def _find(manage_hash: bytes) -> Signature | None:
    return Signature.objects.filter(manage_hash=manage_hash).select_related("campaign").first()


def _as_read(row: Signature) -> QuerySet[Signature]:
    """Return the row if nobody changed what erasing depends on: state, tag, and its line on the public list."""
    same = Signature.objects.filter(campaign_id=row.campaign_id, tag=row.tag, seat=row.seat)
    return same.filter(manage_hash=row.manage_hash, state=row.state, listing=row.listing)


def _leave_tombstone(row: Signature, *, state: State, index: int | None, strike: int | None) -> None:
    if row.listing is not None:
        Listing.objects.filter(campaign_id=row.campaign_id, signed_on=row.signed_on, id=row.listing).delete()
    Tombstone.objects.create(
        manage_hash=row.manage_hash,
        token_hash=row.token_hash,
        campaign_id=row.campaign_id,
        state=state,
        index=index,
        commitment=row.commitment,
        strike_id=strike,
    )
