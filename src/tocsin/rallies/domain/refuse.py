"""Refuse: spam or a hostile fake. Its page is gone, and its dates are cancelled; its host is not told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.rallies.domain.decide_headcounts import hide_photos
from tocsin.rallies.domain.moving import move
from tocsin.rallies.domain.tell import News, tell_coming
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.states import DateState, State


def refuse(*, campaign: Campaign, rallies: Iterable[int], now: datetime) -> list[int]:
    """Refuse those of `rallies` that were announced; return their numbers.

    Its host is not told: whoever floods a campaign would learn from it. Who comes to a date is told at once
    that it is cancelled. Nothing is destroyed before its time, so that a mistake can be taken back; photos that
    were shown leave their addresses at once, and wait for a look again.
    Raises KeysSealedError.
    """
    with db.transaction():
        changes: dict[str, Any] = {
            "is_main": False,
            "has_big_change": False,
            "reports": 0,
            "changed_at": now,
            "sequence": F("sequence") + 1,
        }
        moved = [rally.pk for rally in move(campaign=campaign, rallies=rallies, to=State.REFUSED, **changes)]
        dates = Occurrence.objects.filter(rally__in=moved, ends_at__gt=now)
        dates.filter(state=DateState.STANDS).update(state=DateState.CANCELLED, changed_at=now)
        _tell(dates.filter(state=DateState.CANCELLED, changed_at=now), News.CANCELLED, now)
        hide_photos(rallies=moved)
    return moved


def take_refusal_back(*, campaign: Campaign, rallies: Iterable[int], now: datetime) -> list[int]:
    """Put refused rallies back into the queue, live by their link; return their numbers.

    The dates that the refusal cancelled stand again, and who comes is told. Raises KeysSealedError.
    """
    with db.transaction():
        refused = (State.REFUSED,)
        asked = Rally.objects.select_for_update().filter(campaign=campaign, pk__in=list(rallies), state__in=refused)
        # What was cancelled with the refusal bears its moment; what a host had cancelled before stays so.
        refused_at = dict(asked.order_by("pk").values_list("pk", "changed_at"))
        changes: dict[str, Any] = {"changed_at": now, "approved_on": None, "sequence": F("sequence") + 1}
        moved = move(campaign=campaign, rallies=refused_at, to=State.ANNOUNCED, only_from=refused, **changes)
        for rally in moved:
            dates = Occurrence.objects.filter(rally=rally, ends_at__gt=now)
            cancelled = dates.filter(state=DateState.CANCELLED, changed_at=refused_at[rally.pk])
            if cancelled.update(state=DateState.STANDS, changed_at=now):
                _tell(dates.filter(state=DateState.STANDS, changed_at=now), News.REOPENED, now)
    return [rally.pk for rally in moved]


def _tell(dates: QuerySet[Occurrence], what: News, now: datetime) -> None:
    some = dates.filter(Q(coming__gt=0) | Q(waiting__gt=0)).order_by("pk")
    tell_coming(occurrences=list(some), what=what, now=now)
