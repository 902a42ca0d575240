"""What can be asked of the outbox."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Max, Min, Q, Sum

from tocsin.outbox.caps import hour_of
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
    """How much mail waits: letters, how many seconds the longest has been due, how many letters the caps put off."""

    letters: int
    oldest_seconds: int
    put_off: int = 0


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
    moment = int(now.timestamp())
    is_put_off = Q(put_off_to__gt=hour_of(now))
    found = Letter.objects.aggregate(letters=Count("id"), oldest=Min("due_at"), put_off=Count("id", filter=is_put_off))
    oldest = moment if found["oldest"] is None else found["oldest"]
    return Waiting(found["letters"], max(0, moment - oldest), found["put_off"])


def bounces(*, since: date) -> Sequence[BounceLine]:
    """Return the letters given up since a day, most first."""
    lines = (
        Bounce.objects.filter(on__gte=since)
        .values_list("provider", "answer")
        .annotate(total=Sum("letters"), last=Max("on"))
        .order_by("-total", "provider", "answer")
    )
    return [BounceLine(*line) for line in lines]
