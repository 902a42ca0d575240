"""Expire: what was never confirmed goes after seven days, spent proofs when they could not be used any more."""

from datetime import datetime, timedelta
from typing import NamedTuple

from tocsin.signing.models import PendingSignature, SpentProof, WithdrawalToken
from tocsin.signing.states import PENDING_DAYS

# A withdrawal token comes by mail like a newsletter's link; a month is long enough to press it.
_WITHDRAWAL_TOKEN_DAYS = 30
# Clocks of several machines may differ; a proof is forgotten only well after it expired.
_PROOF_GRACE_SECONDS = 600


class Expired(NamedTuple):
    """How many rows of each kind went."""

    pending: int
    proofs: int
    withdrawal_tokens: int


def expire(*, now: datetime) -> Expired:
    """Delete what has outlived its purpose; three statements, each a transaction of its own."""
    oldest = now.date() - timedelta(days=PENDING_DAYS)
    pending, _ = PendingSignature.objects.filter(taken_on__lt=oldest).delete()
    proofs, _ = SpentProof.objects.filter(expires_at__lt=int(now.timestamp()) - _PROOF_GRACE_SECONDS).delete()
    tokens, _ = WithdrawalToken.objects.filter(made_on__lt=now.date() - timedelta(days=_WITHDRAWAL_TOKEN_DAYS)).delete()
    return Expired(pending, proofs, tokens)
