"""The verbs of the outbox."""

from tocsin.outbox.domain.claim import Claimed, claim
from tocsin.outbox.domain.count_mails import Counted
from tocsin.outbox.domain.expire import destroy_spent_keys, expire_letters
from tocsin.outbox.domain.forget import forget_caps
from tocsin.outbox.domain.lost import find_lost, lost_letters, lost_refs, remove_lost, set_aside
from tocsin.outbox.domain.post import post
from tocsin.outbox.domain.settle import GivenUp, PutOff, give_back, remove_sent, renew, settle, wait_seconds
from tocsin.outbox.domain.stop import stop_mails, stop_mails_by_key

__all__ = [
    "Claimed",
    "Counted",
    "GivenUp",
    "PutOff",
    "claim",
    "destroy_spent_keys",
    "expire_letters",
    "find_lost",
    "forget_caps",
    "give_back",
    "lost_letters",
    "lost_refs",
    "post",
    "remove_lost",
    "remove_sent",
    "renew",
    "set_aside",
    "settle",
    "stop_mails",
    "stop_mails_by_key",
    "wait_seconds",
]
