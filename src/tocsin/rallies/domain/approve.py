"""Approve: from now on a rally is on lists, on the map and in calendars."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.outbox import domain as outbox
from tocsin.rallies.domain.moving import move
from tocsin.rallies.emails.desk import APPROVED, letters_to_hosts
from tocsin.rallies.models import Rally
from tocsin.rallies.states import LIVE, State


def approve(*, campaign: Campaign, rallies: Iterable[int], now: datetime) -> list[int]:
    """Approve those of `rallies` that wait for it, and tell their hosts; return the numbers of those that were."""
    with db.transaction():
        changes: dict[str, Any] = {
            "approved_on": now.date(),
            "has_big_change": False,
            "note": "",
            "reports": 0,
            "changed_at": now,
        }
        moved = move(campaign=campaign, rallies=rallies, to=State.APPROVED, **changes)
        outbox.post(letters_to_hosts(kind=APPROVED, campaign=campaign, rallies=moved, now=now))
    return [rally.pk for rally in moved]


def mark_seen(*, campaign: Campaign, rallies: Iterable[int]) -> list[int]:
    """Note that somebody of the team has looked at what changed or was reported, and lets it stand.

    Returns the numbers of those that had something to look at.
    """
    with db.transaction():
        seen = [
            number
            for number in sorted(set(rallies))
            if Rally.objects.filter(pk=number, campaign=campaign, state__in=LIVE)
            .exclude(has_big_change=False, reports=0)
            .update(has_big_change=False, reports=0)
        ]
        if seen:
            touch(campaign=campaign)
    return seen
