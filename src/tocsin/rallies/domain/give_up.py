"""Give up: who cannot come after all makes room, and what lay sealed of them is erased at once."""

from datetime import datetime

from tocsin import db
from tocsin.rallies.domain.own_rsvp import own_rsvp
from tocsin.rallies.domain.promote import people_of, post_promoted, promote
from tocsin.rallies.models import Rsvp
from tocsin.rallies.states import RsvpState


def give_up(*, token: bytes, now: datetime) -> bool:
    """Give up the places behind a link, confirmed or not; False when nothing is behind it.

    Pressed again it is True, and changes nothing.
    """
    with db.transaction():
        own = own_rsvp(token)
        if own is None:
            return False
        for row in {row.pk: row for row in (own.linked, own.alive) if row is not None}.values():
            if row.state == RsvpState.COMING:
                own.occurrence.coming -= people_of(row)
            elif row.state == RsvpState.WAITING:
                own.occurrence.waiting -= people_of(row)
            _erase(row)
        promoted = promote(occurrence=own.occurrence, now=now)
        post_promoted(occurrence=own.occurrence, promoted=promoted, now=now)
        return True


def _erase(row: Rsvp) -> None:
    row.state, row.place_in_line, row.sealed = RsvpState.GONE, None, b""
    row.guests, row.duty = 0, ""
    row.save(update_fields=["state", "place_in_line", "sealed", "guests", "duty"])
