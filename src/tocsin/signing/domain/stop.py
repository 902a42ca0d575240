"""Stop mails: never write again to the address behind a link."""

from tocsin.outbox import domain as outbox
from tocsin.seal.tokens import token_hash
from tocsin.signing.models import WithdrawalToken
from tocsin.signing.own_copy import own_payload
from tocsin.signing.stop_link import StopOrder
from tocsin.signing.withdrawal import open_cap


def stop_mails(*, token: bytes) -> bool:
    """Never write again to the address behind a token; False when the token is unknown."""
    weak = WithdrawalToken.objects.filter(token_hash=token_hash(token)).values_list("cap", flat=True).first()
    if weak is not None:
        outbox.stop_mails_by_key(key=open_cap(token, bytes(weak)))
        return True
    payload = own_payload(token)
    return payload is not None and outbox.stop_mails(address=str(payload["email"]))


def stop_mails_by_order(*, order: StopOrder) -> None:
    """Never write again to the address that a sealed link is about, whatever is still stored of it."""
    outbox.stop_mails_by_key(key=order.cap)
