"""What can be done to the log: queue an entry, take one back, advance, check, publish, refuse to sign, recover."""

from tocsin.tally.domain.advance import Advance, Indexed, advance
from tocsin.tally.domain.check import Standing, check
from tocsin.tally.domain.publish import Publication, publish, show
from tocsin.tally.domain.queue import Queued, queue, refer_to, unqueue
from tocsin.tally.domain.refuse import refuse_to_sign, sign_again

__all__ = [
    "Advance",
    "Indexed",
    "Publication",
    "Queued",
    "Standing",
    "advance",
    "check",
    "publish",
    "queue",
    "refer_to",
    "refuse_to_sign",
    "show",
    "sign_again",
    "unqueue",
]
