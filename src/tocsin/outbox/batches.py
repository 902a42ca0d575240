"""Letters that belong together: one text to many who asked for it. They can be held, let go and taken back as one.

A letter of a batch has the batch's number in its kind, behind a dot: "circular.12". In clear, so
that the batch's letters can be counted while their content is sealed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Sum

from tocsin import db
from tocsin.outbox.models import Bounce, Letter, MailCap

_HELD_AT = 2**62  # due in no worker's time
# A letter that is due so soon may be in a worker's hands, whose lease must not be moved: it still goes.
_LEASE_SECONDS = 60


class Fate(NamedTuple):
    """How many letters of a batch one provider refused, or that we gave up, and with which answer."""

    provider: str
    answer: str
    letters: int


def builder_of(kind: str) -> str:
    """Return which builder makes the mail of a letter."""
    return kind.partition(".")[0]


def batch_of(kind: str) -> str:
    """Return the kind when it names a batch, else nothing."""
    return kind if "." in kind else ""


def hold(kind: str, *, now: datetime) -> None:
    """Keep a batch's letters where they are, but for those that a worker is sending right now."""
    db.required()
    moment = int(now.timestamp())
    waiting = Letter.objects.filter(kind=kind)
    waiting.filter(due_at__lte=moment).update(due_at=_HELD_AT)
    waiting.filter(due_at__gt=moment + _LEASE_SECONDS, due_at__lt=_HELD_AT).update(due_at=_HELD_AT)


def let_go(kind: str, *, now: datetime) -> None:
    """Let the letters that `hold` kept be sent."""
    db.required()
    Letter.objects.filter(kind=kind, due_at=_HELD_AT).update(due_at=int(now.timestamp()))


def take_back(kind: str) -> Mapping[str, int]:
    """Remove a batch's letters from the queue; return how many, by provider."""
    db.required()
    gone = waiting(kind)
    Letter.objects.filter(kind=kind).delete()
    return gone


def waiting(kind: str) -> Mapping[str, int]:
    """Return how many letters of a batch wait, by provider."""
    rows = Letter.objects.filter(kind=kind).values_list("provider").annotate(letters=Count("id"))
    return dict(rows.values_list("provider", "letters"))


def has_letters(kind: str) -> bool:
    """Say whether a letter of a batch is still there."""
    return Letter.objects.filter(kind=kind).exists()


def refused(kind: str) -> Sequence[Fate]:
    """Return the letters of a batch that were given up, by provider and answer."""
    lines = Bounce.objects.filter(batch=kind).values_list("provider", "answer").annotate(total=Sum("letters"))
    return [Fate(*line) for line in lines.order_by("provider", "answer")]


def never_written(addresses: Iterable[bytes]) -> set[bytes]:
    """Return those of `addresses` (cap keys) that asked never to be written to."""
    keys = MailCap.objects.filter(address__in=list(addresses), never_write=True).values_list("address", flat=True)
    return {bytes(key) for key in keys}
