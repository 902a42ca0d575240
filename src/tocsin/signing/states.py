"""The states of a signature and the arrows between them: read this first.

take      → PENDING                     (a table of its own)
confirm     PENDING → CONFIRMED or HELD (HELD is decided when taking, entered here)
release     HELD → CONFIRMED
count       CONFIRMED → COUNTED         (the sequencer gave it its index)
withdraw    any → a tombstone, WITHDRAWN; after COUNTED the log says so
strike      HELD, CONFIRMED or COUNTED → a tombstone, STRUCK; after COUNTED the log says so
expire      PENDING → gone, after seven days
"""

from django.db import models


class State(models.IntegerChoices):
    """Where a confirmed signature, or its tombstone, stands."""

    HELD = 1
    CONFIRMED = 2
    COUNTED = 3
    WITHDRAWN = 4
    STRUCK = 5


ALIVE = (State.HELD, State.CONFIRMED, State.COUNTED)
GONE = (State.WITHDRAWN, State.STRUCK)


class Hold(models.IntegerChoices):
    """Why a signature waits for an organiser; the names are also metrics and test ids."""

    NETWORK_RATE = 1
    DISPOSABLE_DOMAIN = 2
    DOMAIN_RATE = 3
    DISOWNED = 4
    ADDRESS_RATE = 5


# How long an unconfirmed signature is kept.
PENDING_DAYS = 7
# How long a proposed strike waits for a second person.
PROPOSAL_DAYS = 7


class ReasonState(models.IntegerChoices):
    """Whether the reason that somebody wrote may be shown."""

    NONE = 0
    WAITING = 1
    SHOWN = 2
    REFUSED = 3
