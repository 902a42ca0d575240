"""Public answers: how long others may keep them, and what the lane needs to know to drop them."""

from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone

from tocsin.campaigns.models import Campaign

# The lane asks nobody for five seconds' old pages: it drops them itself. This is for the caches
# in front, and for the days when the server is down.
FRESH = "public, max-age=5, stale-while-revalidate=60, stale-if-error=86400"
SETTLED = "public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800"
CAMPAIGN_HEADER = "X-Tocsin-Campaign"
UNTIL_HEADER = "X-Tocsin-Until"


def public(
    body: str | bytes, *, campaign: Campaign | None = None, kind: str = "text/html; charset=utf-8", cache: str = FRESH
) -> HttpResponse:
    """Return an answer that anybody may keep for a while."""
    response = HttpResponse(body, content_type=kind)
    response["Cache-Control"] = cache
    if campaign is not None:
        response[CAMPAIGN_HEADER] = str(campaign.pk)
        if until := _next_turn(campaign, timezone.now()):
            response[UNTIL_HEADER] = str(int(until.timestamp()))
    return response


def _next_turn(campaign: Campaign, now: datetime) -> datetime | None:
    """Return when the campaign next opens or closes by the clock: its pages end then."""
    turns = [at for at in (campaign.opens_at, campaign.closes_at) if at and at > now]
    return min(turns, default=None)
