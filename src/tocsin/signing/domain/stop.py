"""Stop mails: never write again to the address behind a link."""

from tocsin.outbox import domain as outbox
from tocsin.outbox.stop_link import StopOrder, open_stop_link
from tocsin.seal.tokens import token_hash
from tocsin.signing.models import WithdrawalToken
from tocsin.signing.own_copy import own_payload
from tocsin.signing.withdrawal import open_cap


def stop_mails(*, token: bytes) -> bool:
    """Never write again to the address behind a token; False when the token is unknown."""
    weak = WithdrawalToken.objects.filter(token_hash=token_hash(token)).values_list("cap", flat=True).first()
    if weak is not None:
        outbox.stop_mails_by_key(key=open_cap(token, bytes(weak)))
        return True
    payload = own_payload(token)
    return payload is not None and outbox.stop_mails(address=str(payload["email"]))


def stop_mails_by_link(*, text: str) -> StopOrder | None:
    """Never write again to the address that a sealed link is about, whatever is still stored of it.

    Returns the order, or None if this server never wrote the link; raises KeysSealedError.
    """
    order = open_stop_link(text)
    if order is not None:
        outbox.stop_mails_by_key(key=order.cap)
    return order
