"""Whether a series without an end still stands: who must be asked, whose pin fades, which one is over.

Four weeks after the last answer its hosts are asked. Two weeks later, without an answer, its pin fades:
lists and the map say that nobody has confirmed it lately. Four more weeks, and the series ends by itself.
A series without hosts is the team's own, and nobody is asked.
"""

from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from tocsin.campaigns.states import State as CampaignState
from tocsin.rallies.models import Host, Rally
from tocsin.rallies.series import has_end
from tocsin.rallies.states import State

ASK_DAYS = 28
FADE_DAYS = 14
END_DAYS = 28
_GOING = (State.ANNOUNCED, State.APPROVED, State.RETURNED)
# In series.has_end's words.
_OPEN_ENDED = ~Q(repeat="") & ~Q(repeat__contains="COUNT=") & ~Q(repeat__contains="UNTIL=")
_UNANSWERED = Q(asked_on__isnull=False) & (Q(standing_on__isnull=True) | Q(standing_on__lt=F("asked_on")))


def is_fading(rally: Rally, today: date) -> bool:
    """Say whether nobody has confirmed lately that a series goes on, though its hosts were asked."""
    asked_on = rally.asked_on
    if asked_on is None or rally.state not in _GOING or has_end(rally.repeat):
        return False
    return not is_answered(rally) and today >= asked_on + timedelta(days=FADE_DAYS)


def is_answered(rally: Rally) -> bool:
    """Say whether somebody has answered the newest question about a series, or nobody was asked."""
    if rally.asked_on is None:
        return True
    return rally.standing_on is not None and rally.standing_on >= rally.asked_on


def fades_on(asked_on: date) -> date:
    """Return the day on which a series fades unless somebody answers."""
    return asked_on + timedelta(days=FADE_DAYS)


def ends_on(asked_on: date) -> date:
    """Return the day on which a series ends by itself unless somebody answers."""
    return asked_on + timedelta(days=FADE_DAYS + END_DAYS)


def going_series() -> QuerySet[Rally]:
    """Return every series that may have dates to come."""
    return Rally.objects.filter(state__in=_GOING).exclude(repeat="")


def series_to_ask_about(now: datetime) -> QuerySet[Rally]:
    """Return the series whose hosts are to be asked today whether they still stand there."""
    oldest = now.date() - timedelta(days=ASK_DAYS)
    hosts = Host.objects.filter(rally=OuterRef("pk"), confirmed_at__isnull=False)
    last_word = Q(standing_on__lte=oldest) | Q(
        standing_on__isnull=True, announced_at__lt=now - timedelta(days=ASK_DAYS)
    )
    return (
        Rally.objects.filter(_OPEN_ENDED, last_word, state__in=_GOING, first_on__lte=oldest)
        .filter(Exists(hosts), campaign__state=CampaignState.OPEN)
        .exclude(_UNANSWERED)
    )


def series_that_fade(today: date) -> QuerySet[Rally]:
    """Return the series whose pins fade today."""
    return _unanswered().filter(asked_on=today - timedelta(days=FADE_DAYS))


def series_to_end(today: date) -> QuerySet[Rally]:
    """Return the series that nobody has spoken for since their hosts were asked, six weeks ago or more."""
    return _unanswered().filter(asked_on__lte=today - timedelta(days=FADE_DAYS + END_DAYS))


def _unanswered() -> QuerySet[Rally]:
    return Rally.objects.filter(_OPEN_ENDED, _UNANSWERED, state__in=_GOING)
