"""A letter's way through the table: read this first.

    post      → waiting                   due_at is now
    claim     waiting → held by a worker  due_at moves to the end of a short lease, which is renewed
    renew     held → held                 while its batch takes longer than expected
    settle    held → gone                 the mail server said 250
              held → waiting, later       it said 4xx, or the connection broke
              held → gone, a Bounce       it said 5xx
    drop      held → gone, a Bounce       for one of the reasons below; nothing was sent
    put off   held → waiting, a day       its address got three mails in 24 hours; the caps keep an hour free for it
    set aside held → waiting for ever     it does not open any more; signing can make it anew (domain/lost.py)
    expire    any → gone, a Bounce        five days old: its key is destroyed with it

A worker that dies leaves its letters held; they are due again when the lease ends.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why a letter was given up without a mail server's word; stands in Bounce.answer, and is the metric."""

    CAPPED = "capped"
    NEVER_WRITE = "never write"
    TOO_OLD = "too old"
    KEY_GONE = "key gone"
    BROKEN = "broken"
    NO_ADDRESS = "no address"
    NO_LONGER_NEEDED = "not needed"
    NO_BUILDER = "no builder"
