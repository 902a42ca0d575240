"""Refuse: spam or a hostile fake. Its page is gone, and nobody is written to."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.rallies.domain.moving import move
from tocsin.rallies.states import State


def refuse(*, campaign: Campaign, rallies: Iterable[int], now: datetime) -> list[int]:
    """Refuse those of `rallies` that were announced; return their numbers.

    Its host is not told: whoever floods a campaign would learn from it. Nothing is destroyed before
    its time, so that a mistake can be taken back.
    """
    with db.transaction():
        changes: dict[str, Any] = {"is_main": False, "has_big_change": False, "reports": 0, "changed_at": now}
        moved = move(campaign=campaign, rallies=rallies, to=State.REFUSED, **changes)
    return [rally.pk for rally in moved]


def take_refusal_back(*, campaign: Campaign, rallies: Iterable[int], now: datetime) -> list[int]:
    """Put refused rallies back into the queue, live by their link; return their numbers."""
    with db.transaction():
        refused = (State.REFUSED,)
        moved = move(
            campaign=campaign, rallies=rallies, to=State.ANNOUNCED, only_from=refused, changed_at=now, approved_on=None
        )
    return [rally.pk for rally in moved]
