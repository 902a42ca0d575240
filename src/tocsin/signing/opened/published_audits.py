"""Sample audits that a campaign shows on its page of numbers: how each was drawn and how it fared, and no name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.signing.opened.audit import NEXT_CHECKPOINT, failed_in
from tocsin.signing.opened.models import SampleAudit

_MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ShownAudit:
    """One published audit: the numbers of its report, its entries, and what failed with the reason in words."""

    began_at: datetime
    done_at: datetime
    log: str
    size: int
    root: str
    source: str
    is_next_checkpoint: bool
    seed: str
    population: int
    samples: int
    opened: int
    same_address: int
    indexes: Sequence[int]
    failed: Sequence[tuple[int, Promise]]


def publish(*, audit: SampleAudit, now: datetime) -> bool:
    """Show a finished audit to everybody; False when it is not finished, or shown already."""
    with db.transaction():
        finished = SampleAudit.objects.filter(pk=audit.pk, done_at__isnull=False, published_at__isnull=True)
        if not finished.update(published_at=now):
            return False
        touch(campaign=audit.campaign)
    return True


def take_back(*, audit: SampleAudit) -> bool:
    """Show it to nobody any more; False when it was not shown. How many were drawn stays on the page."""
    with db.transaction():
        if not SampleAudit.objects.filter(pk=audit.pk, published_at__isnull=False).update(published_at=None):
            return False
        touch(campaign=audit.campaign)
    return True


def drawn(campaign: Campaign) -> int:
    """Return how many samples were drawn, published or not: who shows the good ones shows that there were others."""
    return SampleAudit.objects.filter(campaign=campaign, done_at__isnull=False).count()


def shown_audits(campaign: Campaign) -> list[ShownAudit]:
    """Return what is published, newest first."""
    rows = SampleAudit.objects.filter(campaign=campaign, published_at__isnull=False).order_by("-done_at", "-pk")
    return [_shown(row, row.done_at) for row in rows[:_MOST_SHOWN] if row.done_at is not None]


def _shown(row: SampleAudit, done_at: datetime) -> ShownAudit:
    report = row.report
    return ShownAudit(
        began_at=row.began_at,
        done_at=done_at,
        log=row.log,
        size=row.size,
        root=bytes(row.root).hex(),
        source=row.source,
        is_next_checkpoint=row.source == NEXT_CHECKPOINT,
        seed=row.seed,
        population=row.population,
        samples=report["samples"],
        opened=report["opened"],
        same_address=report["same_address"],
        indexes=report["indexes"],
        failed=failed_in(report),
    )
