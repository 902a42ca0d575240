"""Withdraw and strike: what takes a signature out again."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.seal.tokens import manage_token, token_hash
from tocsin.signing.models import Listing, PendingSignature, Signature, Tombstone, WithdrawalToken
from tocsin.signing.states import State
from tocsin.tally import domain as tally
from tocsin.tlog import entry
from tocsin.tlog.entry import Kind, Reason


class StrikeResult(NamedTuple):
    """How many signatures an organiser's strike removed."""

    struck: int
    gone_before: int


def withdraw(*, token: bytes, now: datetime) -> bool:
    """Withdraw the signature behind T, m or a withdrawal token; False when there is none to withdraw.

    Its data is erased in this transaction. If it was counted, the log's next batch says so and
    the public number drops by one.
    """
    with db.transaction():
        if PendingSignature.objects.filter(token_hash=token_hash(token)).delete()[0]:
            return True
        weak = (
            WithdrawalToken.objects.filter(token_hash=token_hash(token)).values_list("manage_hash", flat=True).first()
        )
        candidates = [bytes(weak)] if weak is not None else [token_hash(token), token_hash(manage_token(token))]
        return any(remove(key, state=State.WITHDRAWN, reason=Reason.SIGNATORY, now=now) for key in candidates)


def strike(*, campaign: int, keys: Sequence[tuple[bytes, int]], now: datetime) -> StrikeResult:
    """Remove signatures for an organiser, by tag and seat; the log gives reason 3 for counted ones."""
    struck = 0
    with db.transaction():
        for tag, seat in keys:
            row = Signature.objects.filter(campaign_id=campaign, tag=tag, seat=seat).values_list(
                "manage_hash", flat=True
            )
            manage_hash = row.first()
            if manage_hash is not None:
                struck += remove(bytes(manage_hash), state=State.STRUCK, reason=Reason.STRUCK, now=now)
    return StrikeResult(struck, len(keys) - struck)


def remove(manage_hash: bytes, *, state: State, reason: Reason, now: datetime) -> bool:
    """Erase a signature, leave its tombstone, and queue its withdrawal if it has an index.

    The queue is asked first: if the entry can be taken back, no index was or will be given;
    if not, the sequencer's commit is behind us and the row tells the index.
    """
    del now
    db.required()
    row = Signature.objects.filter(manage_hash=manage_hash).select_related("campaign").first()
    if row is None:
        return False
    slug = row.campaign.slug
    if row.state == State.CONFIRMED and not tally.unqueue(entry.sign(slug, bytes(row.commitment))):
        row.refresh_from_db(fields=["state", "index"])
    same = Signature.objects.filter(campaign_id=row.campaign_id, tag=row.tag, seat=row.seat, manage_hash=manage_hash)
    if not same.delete()[0]:
        return False  # somebody else removed it first: their tombstone and entry stand
    if row.listing is not None:
        Listing.objects.filter(campaign_id=row.campaign_id, signed_on=row.signed_on, id=row.listing).delete()
    Tombstone.objects.create(
        manage_hash=manage_hash,
        token_hash=row.token_hash,
        campaign_id=row.campaign_id,
        state=state,
        index=row.index,
        commitment=row.commitment,
    )
    if row.index is not None:
        gone = entry.withdraw(slug, row.index, reason)
        tally.queue([tally.Queued(row.campaign_id, Kind.WITHDRAW, gone)])
    touch(campaign=row.campaign)
    return True
