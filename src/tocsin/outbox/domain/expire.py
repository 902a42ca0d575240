"""Give up letters that are too old, and destroy the keys that no letter needs any more."""

from collections import Counter
from datetime import datetime

from django.db import connection

from tocsin import db
from tocsin.outbox.domain.bounces import Refused, record_bounces
from tocsin.outbox.keys import day_of, days_kept, destroy
from tocsin.outbox.models import Letter
from tocsin.outbox.states import Reason

# With the day a letter is made in, five days: 0, 1, 2, 3 and 4 days ago.
KEPT_DAYS = 5
# A letter that was being posted at midnight is committed long before this.
_MARGIN_SECONDS = 600
_DAY_SECONDS = 86_400


def expire_letters(*, now: datetime) -> int:
    """Remove letters five days old, each counted as a Bounce; return how many."""
    oldest = day_of(now) - KEPT_DAYS + 1
    with db.transaction():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM outbox_letter WHERE key_day < %s RETURNING provider, kind", [oldest])
            gone = cursor.fetchall()
        record_bounces([Refused(provider, Reason.TOO_OLD, kind) for provider, kind in gone], now=now)
    return len(gone)


def destroy_spent_keys(*, now: datetime) -> Counter[str]:
    """Destroy the outbox keys of past days that no letter is sealed under; return how many went and stayed.

    Call it after expire_letters: then no key is older than five days.
    """
    fate: Counter[str] = Counter()
    settled = day_of(now) if int(now.timestamp()) % _DAY_SECONDS >= _MARGIN_SECONDS else day_of(now) - 1
    for day in days_kept():
        if day >= settled or Letter.objects.filter(key_day=day).exists():
            fate["kept"] += 1
        else:
            destroy(day)
            fate["destroyed"] += 1
    return fate
