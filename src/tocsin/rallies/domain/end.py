"""End: a series has reached what it stood for, or nobody stands there any more."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.rallies.domain.moving import states_before
from tocsin.rallies.domain.tell import News, tell_coming
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.states import DateState, State

_MAX_NOTE = 500


def end_series(*, rallies: Iterable[Rally], now: datetime, note: str = "") -> list[Rally]:
    """End these series and cancel their dates to come, as a step of the caller's transaction.

    Their campaigns are loaded. `note` says why on each date's page and in calendars. Returns those that ended
    now; one that had ended before is not among them.
    """
    db.required()
    before = states_before(State.ENDED)
    ended = [
        rally
        for rally in rallies
        if Rally.objects.filter(pk=rally.pk, state__in=before).update(
            state=State.ENDED, changed_at=now, sequence=F("sequence") + 1
        )
    ]
    to_come = Occurrence.objects.filter(rally__in=ended, starts_at__gt=now).exclude(state=DateState.CANCELLED)
    said = {"note": note[:_MAX_NOTE]} if note else {}
    to_come.update(state=DateState.CANCELLED, changed_at=now, **said)
    for campaign in {rally.campaign_id: rally.campaign for rally in ended}.values():
        touch(campaign=campaign)
    return ended


def end_and_tell(*, rallies: Iterable[Rally], now: datetime) -> list[Rally]:
    """Do what `end_series` does, and tell who comes to a date that is cancelled with it. Raises KeysSealedError."""
    over = list(rallies)
    to_come = Occurrence.objects.filter(rally__in=over, starts_at__gt=now).exclude(state=DateState.CANCELLED)
    cancelled = list(to_come)
    ended = end_series(rallies=over, now=now)
    numbers = {rally.pk for rally in ended}
    tell_coming(occurrences=[one for one in cancelled if one.rally_id in numbers], what=News.CANCELLED, now=now)
    return ended
