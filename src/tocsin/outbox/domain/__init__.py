"""The verbs of the outbox."""

from tocsin.outbox.domain.claim import Claimed, claim
from tocsin.outbox.domain.expire import destroy_spent_keys, expire_letters
from tocsin.outbox.domain.forget import forget_caps
from tocsin.outbox.domain.post import post
from tocsin.outbox.domain.settle import GivenUp, PutOff, give_back, remove_sent, renew, settle, wait_seconds
from tocsin.outbox.domain.stop import stop_mails, stop_mails_by_key

__all__ = [
    "Claimed",
    "GivenUp",
    "PutOff",
    "claim",
    "destroy_spent_keys",
    "expire_letters",
    "forget_caps",
    "give_back",
    "post",
    "remove_sent",
    "renew",
    "settle",
    "stop_mails",
    "stop_mails_by_key",
    "wait_seconds",
]
