"""Release: an organiser lets held signatures count."""

import secrets
from collections.abc import Sequence
from datetime import datetime

import orjson

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.seal.box import Box
from tocsin.signing.models import Listing, Signature
from tocsin.signing.seat_ref import make_ref
from tocsin.signing.states import ReasonState, State
from tocsin.tally import domain as tally
from tocsin.tlog.entry import Kind, sign
from tocsin.vault import queries as vault


def release(*, campaign: Campaign, keys: Sequence[tuple[bytes, int]], now: datetime) -> int:
    """Queue held signatures for the log, under the version that was signed; return how many were held.

    Names to show were sealed under the display key while they waited; they become public here.
    """
    del now  # the day that was signed stands
    display = vault.display_box(campaign.pk)
    released = 0
    with db.transaction():
        for tag, seat in sorted(keys):  # as striking goes: two at once cannot wait for each other in a circle
            held = Signature.objects.filter(campaign_id=campaign.pk, tag=tag, seat=seat, state=State.HELD)
            # Locked first: a name must not be listed whose owner withdraws at this moment.
            row = held.select_for_update().first()
            if row is None:
                continue  # somebody else decided first
            held.update(state=State.CONFIRMED, hold=None, listing=_list(row, display))
            entry = sign(campaign.slug, bytes(row.commitment))
            tally.queue([tally.Queued(campaign.pk, Kind.SIGN, entry, make_ref(row.tag, seat))])
            released += 1
    return released


def _list(row: Signature, display: Box) -> int | None:
    """Write the public list's line of a released signature; return its number there."""
    if row.public_part is None:
        return None
    shown = orjson.loads(display.open(b"public-part", bytes(row.public_part)))
    waits = bool(shown["reason"])
    number = secrets.randbits(63)
    Listing.objects.create(
        campaign_id=row.campaign_id,
        signed_on=row.signed_on,
        id=number,
        name=shown.get("name", ""),
        place=shown.get("place", ""),
        country=row.country,
        language=row.language,
        reason_sealed=row.public_part if waits else None,
        reason_state=ReasonState.WAITING if waits else ReasonState.NONE,
    )
    return number
