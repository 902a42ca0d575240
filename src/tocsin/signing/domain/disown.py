"""Disown: somebody pressed "this wasn't me"."""

from datetime import datetime

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.seal.tokens import manage_token, token_hash
from tocsin.signing.domain.erase import erase
from tocsin.signing.models import PendingSignature, Signature
from tocsin.signing.states import Hold, State
from tocsin.tally import domain as tally
from tocsin.tlog.entry import Reason, sign


def disown(*, token: bytes, now: datetime) -> bool:
    """Keep a signature that its addressee denies from counting; False for an unknown token.

    A pending one stays, marked: should a robot that presses every button confirm it too, an
    organiser decides. A counted one is withdrawn.
    """
    del now
    with db.transaction():
        if PendingSignature.objects.filter(token_hash=token_hash(token)).update(hold=Hold.DISOWNED):
            return True
        manage_hash = token_hash(manage_token(token))
        row = Signature.objects.filter(manage_hash=manage_hash).select_related("campaign").first()
        if row is None:
            return False
        if row.state == State.COUNTED or not tally.unqueue(sign(row.campaign.slug, bytes(row.commitment))):
            if row.state == State.HELD:
                return True
            if erase(manage_hash, state=State.WITHDRAWN, reason=Reason.SIGNATORY) is None:
                return False
            touch(campaign=row.campaign)
            return True
        same = Signature.objects.filter(campaign_id=row.campaign_id, tag=row.tag, seat=row.seat)
        return bool(same.filter(state=State.CONFIRMED).update(state=State.HELD, hold=Hold.DISOWNED))
