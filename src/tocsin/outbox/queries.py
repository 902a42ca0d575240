"""What can be asked of the outbox."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Max, Min, Sum

from tocsin.outbox.models import Bounce, Letter

# Hops from provider to provider over the index, so that a million waiting letters cost nothing.
_DUE_PROVIDERS = """
    WITH RECURSIVE known(provider) AS (
        SELECT MIN(provider) FROM outbox_letter
        UNION ALL
        SELECT (SELECT MIN(provider) FROM outbox_letter WHERE provider > known.provider)
        FROM known WHERE known.provider IS NOT NULL
    )
    SELECT provider FROM known
    WHERE EXISTS (SELECT 1 FROM outbox_letter WHERE outbox_letter.provider = known.provider AND due_at <= %s)
"""


class Waiting(NamedTuple):
    """How much mail waits: letters, and how many seconds the longest has been due."""

    letters: int
    oldest_seconds: int


class BounceLine(NamedTuple):
    """Letters given up: to which provider, and with which answer."""

    provider: str
    answer: str
    letters: int
    last_on: date


def due_providers(*, now: datetime) -> list[str]:
    """Return the providers that letters are due for, in no particular order."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE_PROVIDERS, [int(now.timestamp())])
        return [provider for (provider,) in cursor.fetchall()]


def waiting_mail(*, now: datetime) -> Waiting:
    """Return how much mail waits, letters that are just being sent included."""
    oldest = Letter.objects.aggregate(oldest=Min("due_at"))["oldest"]
    return Waiting(Letter.objects.count(), 0 if oldest is None else max(0, int(now.timestamp()) - oldest))


def bounces(*, since: date) -> Sequence[BounceLine]:
    """Return the letters given up since a day, most first."""
    lines = (
        Bounce.objects.filter(on__gte=since)
        .values_list("provider", "answer")
        .annotate(total=Sum("letters"), last=Max("on"))
        .order_by("-total", "provider", "answer")
    )
    return [BounceLine(*line) for line in lines]
