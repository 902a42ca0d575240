"""Expire: what was announced and not confirmed within a week goes, and its key with it."""

from datetime import datetime, timedelta

from tocsin import db
from tocsin.rallies import keys
from tocsin.rallies.models import Rally
from tocsin.rallies.states import ANNOUNCED_DAYS, State

_MOST_AT_ONCE = 500


def expire_announced(*, now: datetime) -> int:
    """Remove rallies that nobody confirmed in time, whole, and destroy their keys; return how many.

    The keys after the commit. Crash point: between the two, keys stay that belong to no rally; upkeep finds them.
    """
    since = now - timedelta(days=ANNOUNCED_DAYS)
    gone = 0
    while True:
        with db.transaction():
            # Held until the commit: who presses the button now finds nothing, or keeps everything.
            late = Rally.objects.select_for_update().filter(state=State.ASKED, announced_at__lt=since).order_by("pk")
            numbers = list(late.values_list("pk", flat=True)[:_MOST_AT_ONCE])
            Rally.objects.filter(pk__in=numbers).delete()
        for number in numbers:
            keys.destroy(number)
        gone += len(numbers)
        if len(numbers) < _MOST_AT_ONCE:
            return gone
