"""End rallies: nothing is held any more, and what was stays to be seen."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.rallies.domain.moving import states_before
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.states import DateState, State

_MAX_NOTE = 500


def end_rallies(*, campaign: Campaign, rallies: Sequence[int], note: str, now: datetime) -> int:
    """End those of `rallies` that go on, as a step of the caller's transaction; return how many were ended.

    Each date that has not begun is cancelled, with `note` for its page and for calendars.
    """
    db.required()
    going_on = Rally.objects.filter(campaign=campaign, pk__in=rallies, state__in=states_before(State.ENDED))
    numbers = list(going_on.values_list("pk", flat=True))
    ended = going_on.filter(pk__in=numbers).update(
        state=State.ENDED, has_big_change=False, changed_at=now, sequence=F("sequence") + 1
    )
    dates = Occurrence.objects.filter(rally__in=numbers, starts_at__gt=now).exclude(state=DateState.CANCELLED)
    dates.update(state=DateState.CANCELLED, note=note[:_MAX_NOTE], changed_at=now)
    touch(campaign=campaign)
    return ended
