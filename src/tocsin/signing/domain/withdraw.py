"""Withdraw: a signatory takes their own signature back."""

from datetime import datetime

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.seal.tokens import manage_token, token_hash
from tocsin.signing.domain.erase import erase
from tocsin.signing.models import PendingSignature, WithdrawalToken
from tocsin.signing.states import State
from tocsin.tlog.entry import Reason


def withdraw(*, token: bytes, now: datetime) -> bool:
    """Withdraw the signature behind T, m or a withdrawal token; False when there is none to withdraw.

    Its data is erased in this transaction. If it was counted, the log's next batch says so and
    the public number drops by one.
    """
    del now  # the tombstone tells no day
    with db.transaction():
        # First: a confirming of the same moment waits here or is waited for, and then its row is found below.
        if PendingSignature.objects.filter(token_hash=token_hash(token)).delete()[0]:
            return True
        weak = (
            WithdrawalToken.objects.filter(token_hash=token_hash(token)).values_list("manage_hash", flat=True).first()
        )
        candidates = [bytes(weak)] if weak is not None else [token_hash(token), token_hash(manage_token(token))]
        for key in candidates:
            if gone := erase(key, state=State.WITHDRAWN, reason=Reason.SIGNATORY):
                touch(campaign=Campaign(pk=gone.campaign))
                return True
    return False
