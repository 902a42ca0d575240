"""What the desk asks about several rooms at once: what waits for somebody of the team."""

from collections.abc import Mapping

from tocsin.signing.models import Listing
from tocsin.signing.queries import held_count
from tocsin.signing.states import ReasonState


def waiting_work(campaign: int) -> Mapping[str, int]:
    """Return how much waits for an organiser: held signatures, reasons to read, reported lines."""
    listings = Listing.objects.filter(campaign_id=campaign)
    return {
        "held": held_count(campaign),
        "reasons": listings.filter(reason_state=ReasonState.WAITING).count(),
        "reported": listings.filter(reports__gt=0).count(),
    }


def hidden_lines(campaign: int, *, limit: int = 50) -> list[Listing]:
    """Return the lines that a moderator took off the public list, newest first."""
    hidden = Listing.objects.filter(campaign_id=campaign, is_hidden=True)
    return list(hidden.order_by("-signed_on", "-id")[:limit])
