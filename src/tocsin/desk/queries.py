"""What the desk asks about several rooms at once: what waits for somebody of the team."""

from collections.abc import Mapping, Sequence

from django.utils import timezone

from tocsin.rallies.queries.desk import waiting_count as waiting_rallies
from tocsin.rallies.queries.headcounts import waiting_headcount_count
from tocsin.signing.models import Listing, Signature
from tocsin.signing.queries import held_count, open_proposals
from tocsin.signing.states import ReasonState, State


def waiting_work(campaign: int) -> Mapping[str, int]:
    """Return how much waits for an organiser, by the name that desk/navigation.py has for it."""
    listings = Listing.objects.filter(campaign_id=campaign)
    return {
        "held": held_count(campaign),
        "strikes": open_proposals(campaign, timezone.now()).count(),
        "reasons": listings.filter(reason_state=ReasonState.WAITING).count(),
        "reported": listings.filter(reports__gt=0).count(),
        "rallies": waiting_rallies(campaign),
        "headcounts": waiting_headcount_count(campaign),
    }


def hidden_lines(campaign: int, *, limit: int = 50) -> list[Listing]:
    """Return the lines that a moderator took off the public list, newest first."""
    hidden = Listing.objects.filter(campaign_id=campaign, is_hidden=True)
    return list(hidden.order_by("-signed_on", "-id")[:limit])


def still_held(campaign: int, keys: Sequence[tuple[bytes, int]]) -> list[tuple[bytes, int]]:
    """Return those of `keys` (tag and seat) that wait for an organiser.

    Whoever has seen a key when it was held could name it again later: what counts by then is
    not struck from the list of held ones.
    """
    tags = [tag for tag, _ in keys]
    rows = Signature.objects.filter(campaign_id=campaign, state=State.HELD, tag__in=tags).values_list("tag", "seat")
    held = {(bytes(tag), seat) for tag, seat in rows}
    return [key for key in keys if key in held]
