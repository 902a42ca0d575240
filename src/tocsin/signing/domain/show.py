"""Show or hide one's own name on the public list, with T or m."""

import secrets
from datetime import datetime

from django.db.models import QuerySet

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.seal.tokens import manage_token, token_hash
from tocsin.signing.models import Listing, Signature
from tocsin.signing.own_copy import open_own_copy
from tocsin.signing.states import ALIVE, State


def show_name(*, token: bytes, now: datetime) -> bool:
    """Put the signatory's name on the public list; False when the token manages no signature."""
    del now  # the line stands under the day that was signed
    with db.transaction():
        found = _find(token)
        if found is None:
            return False
        row, manage = found
        _rows(row).update(shows_name=True)
        if row.state != State.HELD:  # a held one is listed when it is released
            payload = open_own_copy(manage, bytes(row.own_copy))
            _name_line(row, str(payload["name"]), str(payload.get("place", "")))
        touch(campaign=row.campaign)
        return True


def hide_name(*, token: bytes, now: datetime) -> bool:
    """Take the signatory's name, and reason, off the public list; the signature counts as before."""
    del now
    with db.transaction():
        found = _find(token)
        if found is None:
            return False
        row, _ = found
        # The sealed public part goes too, or releasing a held signature would show the name.
        _rows(row).update(shows_name=False, listing=None, public_part=None)
        if row.listing is not None:
            Listing.objects.filter(campaign_id=row.campaign_id, signed_on=row.signed_on, id=row.listing).delete()
        touch(campaign=row.campaign)
        return True


def _find(token: bytes) -> tuple[Signature, bytes] | None:
    """Return the row, held until the commit: who withdraws at this moment waits, and then takes the line along."""
    for manage in (manage_token(token), token):
        rows = Signature.objects.select_for_update(of=("self",)).filter(manage_hash=token_hash(manage))
        row = rows.select_related("campaign").first()
        if row is not None:
            return row, manage
    return None


def _rows(row: Signature) -> QuerySet[Signature]:
    return Signature.objects.filter(campaign_id=row.campaign_id, tag=row.tag, seat=row.seat, state__in=ALIVE)


def _name_line(row: Signature, name: str, place: str) -> None:
    """Write the name on the line that a reason already has, or on a new one."""
    if row.listing is not None:
        line = Listing.objects.filter(campaign_id=row.campaign_id, signed_on=row.signed_on, id=row.listing)
        if line.update(name=name, place=place):
            return
    number = secrets.randbits(63)
    Listing.objects.create(
        campaign_id=row.campaign_id,
        signed_on=row.signed_on,
        id=number,
        name=name,
        place=place,
        country=row.country,
        language=row.language,
    )
    _rows(row).update(listing=number)
