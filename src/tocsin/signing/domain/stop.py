"""Stop mails: never write again to the address behind a token."""

from datetime import datetime

from tocsin.outbox import domain as outbox
from tocsin.seal.tokens import token_hash
from tocsin.signing.models import WithdrawalToken
from tocsin.signing.own_copy import own_payload


def stop_mails(*, token: bytes, now: datetime) -> bool:
    """Never write again to the address behind a token; False when the token is unknown."""
    cap = _cap_of(token)
    if cap is None:
        return False
    outbox.never_write(cap=cap, now=now)
    return True


def _cap_of(token: bytes) -> bytes | None:
    weak = WithdrawalToken.objects.filter(token_hash=token_hash(token)).values_list("cap", flat=True).first()
    if weak is not None:
        return bytes(weak)
    payload = own_payload(token)
    return None if payload is None else outbox.cap_of(str(payload["email"]))
