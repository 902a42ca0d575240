"""Public answers: how long others may keep them, and what the lane needs to know to drop them."""

from datetime import datetime
from http import HTTPStatus

from django.http import HttpResponse

from tocsin.campaigns import queries
from tocsin.campaigns.models import Campaign
from tocsin.website.clock import clock

# This is for the caches in front, and for the days when the server is down; the lane itself
# drops a page as soon as its campaign has a new revision.
FRESH = "public, max-age=5, stale-while-revalidate=60, stale-if-error=86400"
SETTLED = "public, max-age=3600, stale-while-revalidate=86400, stale-if-error=604800"
PICTURE = "public, max-age=600, stale-while-revalidate=86400, stale-if-error=604800"

CAMPAIGN_HEADER = "X-Tocsin-Campaign"
UNTIL_HEADER = "X-Tocsin-Until"


def public(
    body: str | bytes,
    *,
    campaign: Campaign | None = None,
    kind: str = "text/html; charset=utf-8",
    cache: str = FRESH,
    until: datetime | None = None,
) -> HttpResponse:
    """Return an answer that anybody may keep for a while.

    Its headers tell the lane whose page it is, and when it ends by the clock: because the form
    opens or closes, or at `until`.
    """
    response = HttpResponse(body, content_type=kind)
    response["Cache-Control"] = cache
    if campaign is not None:
        response[CAMPAIGN_HEADER] = str(campaign.pk)
        if turn := min(filter(None, (queries.next_turn(campaign, clock()), until)), default=None):
            response[UNTIL_HEADER] = str(int(turn.timestamp()))
    return response


def moved(to: str, *, campaign: Campaign) -> HttpResponse:
    """Return an answer that leads to another address of the same campaign, for now."""
    response = public("", campaign=campaign)
    response.status_code = HTTPStatus.FOUND
    response["Location"] = to
    return response
