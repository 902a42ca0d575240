"""What can be asked of the log."""

from typing import NamedTuple

from django.db.models import Subquery

from tocsin.tally.models import Count, Head, QueuedEntry


class CountAt(NamedTuple):
    """A campaign's numbers, and the size of the log they speak for."""

    signs: int
    withdrawals: int
    size: int

    @property
    def number(self) -> int:
        """The public number."""
        return self.signs - self.withdrawals


def counts() -> dict[int, CountAt]:
    """Return the numbers of every campaign that has any, read at one moment."""
    size = Subquery(Head.objects.values("size")[:1])
    rows = Count.objects.annotate(log_size=size).values_list("campaign", "signs", "withdrawals", "log_size")
    return {campaign: CountAt(signs, withdrawals, at) for campaign, signs, withdrawals, at in rows}


def count_of(campaign: int) -> CountAt:
    """Return one campaign's numbers."""
    return counts().get(campaign) or CountAt(0, 0, log_size())


def log_size() -> int:
    """Return how many entries have an index."""
    return Head.objects.values_list("size", flat=True).first() or 0


def waiting_entries() -> int:
    """Return how many entries wait for an index."""
    return QueuedEntry.objects.count()
