"""Change an RSVP: bring more people or fewer, offer something else, tell the host of other needs."""

from datetime import datetime
from enum import StrEnum

from tocsin import db
from tocsin.rallies import keys
from tocsin.rallies.domain.own_rsvp import own_rsvp
from tocsin.rallies.domain.promote import has_room, post_promoted, promote
from tocsin.rallies.domain.rsvp import takes_rsvps
from tocsin.rallies.models import Occurrence, Rsvp
from tocsin.rallies.states import RsvpState


class Changed(StrEnum):
    """What became of a change."""

    CHANGED = "changed"
    NO_ROOM = "no_room"  # for so many; all else was changed
    OVER = "over"
    UNKNOWN = "unknown"


def change_rsvp(*, token: bytes, guests: int, duty: str, needs: str, now: datetime) -> Changed:
    """Change what somebody said who comes or waits; places that become free go to those who wait.

    Raises KeysSealedError.
    """
    with db.transaction():
        own = own_rsvp(token)
        if own is None or own.alive is None:
            return Changed.UNKNOWN
        occurrence, row = own.occurrence, own.alive
        if not takes_rsvps(occurrence.rally, occurrence, now):
            return Changed.OVER
        content = keys.unseal(occurrence.rally_id, "rsvp", bytes(row.sealed))
        row.sealed = keys.seal(occurrence.rally_id, "rsvp", content | {"needs": needs})
        row.duty = duty
        fits = resize(occurrence, row, guests)
        row.save(update_fields=["sealed", "duty", "guests"])
        promoted = promote(occurrence=occurrence, now=now)
        post_promoted(occurrence=occurrence, promoted=promoted, now=now)
        return Changed.CHANGED if fits else Changed.NO_ROOM


def resize(occurrence: Occurrence, row: Rsvp, guests: int) -> bool:
    """Let somebody who comes or waits bring so many, if there is room; keeps the date's sums, and saves nothing.

    Nobody gets ahead of those who wait by bringing one more; who waits may, they stay where they are.
    """
    more = guests - row.guests
    if row.state == RsvpState.COMING:
        if more > 0 and not has_room(occurrence, more):
            return False
        occurrence.coming += more
    else:
        occurrence.waiting += more
    row.guests = guests
    return True
