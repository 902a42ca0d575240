"""Retention: erase what people signed with when a closed campaign's day has come, and note each run.

Entries, numbers and the names that people chose to show stay: they are what was public. What a
keyholder could still open, and each signatory's own copy, is gone from then on.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection
from django.db.models import F

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State as CampaignState
from tocsin.signing.models import RetentionDay, Signature
from tocsin.vault.domain import forget_epochs

_SIGNATURE = Signature._meta.db_table  # noqa: SLF001  the table's name is Django's to give
_ROWS_AT_ONCE = 2_000
# An empty row where sealed data was; bounded, so that nobody who signs elsewhere waits for long.
_ERASE = f"""
    UPDATE "{_SIGNATURE}" SET sealed = %(nothing)s, own_copy = %(nothing)s, public_part = NULL, keep_informed = %(no)s
    WHERE campaign_id = %(campaign)s AND (tag, seat) IN (
        SELECT tag, seat FROM "{_SIGNATURE}" WHERE campaign_id = %(campaign)s AND sealed <> %(nothing)s LIMIT %(limit)s
    )
"""  # noqa: S608  our own name


def erase_what_is_due(*, now: datetime) -> int:
    """Erase the sealed data of every closed campaign whose day has come; return how many rows had some."""
    due = Campaign.objects.filter(state=CampaignState.CLOSED, keep_until__lt=now.date())
    return sum(_erase(campaign) for campaign in due.values_list("pk", flat=True))


def _erase(campaign: int) -> int:
    erased = 0
    while True:
        with db.transaction(), connection.cursor() as cursor:
            cursor.execute(_ERASE, {"campaign": campaign, "nothing": b"", "no": False, "limit": _ROWS_AT_ONCE})
            rows = int(cursor.rowcount)
        erased += rows
        if rows < _ROWS_AT_ONCE:
            break
    # The wrapped epoch keys open nothing that is left.
    forget_epochs(campaign=campaign)
    return erased


def note_retention(*, erased: Mapping[str, int], now: datetime) -> None:
    """Add what one run erased, by kind, to the day's line: numbers, and nothing of whom."""
    with db.transaction():
        line, _ = RetentionDay.objects.select_for_update().get_or_create(on=now.date(), defaults={"last_at": now})
        sums = {kind: line.erased.get(kind, 0) + count for kind, count in erased.items()}
        RetentionDay.objects.filter(pk=line.pk).update(
            runs=F("runs") + 1, last_at=now, erased=line.erased | {kind: count for kind, count in sums.items() if count}
        )
