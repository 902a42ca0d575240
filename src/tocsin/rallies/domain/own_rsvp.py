"""Find the RSVP behind a link: all links of one mailbox to one date lead to the same RSVP.

Who says twice that they come has two mails, and either of them must go on working.
"""

from typing import NamedTuple

from tocsin.rallies.domain.promote import locked
from tocsin.rallies.models import Occurrence, Rsvp
from tocsin.rallies.states import RsvpState
from tocsin.seal.tokens import token_hash

ALIVE = (RsvpState.COMING, RsvpState.WAITING)


class Own(NamedTuple):
    """What is behind a link: the date, locked; the link's own row; and the RSVP that stands, if one does."""

    occurrence: Occurrence
    linked: Rsvp
    alive: Rsvp | None


def own_rsvp(token: bytes) -> Own | None:
    """Return what is behind a link, its date locked, as a step of the caller's transaction; None for nothing."""
    number = Rsvp.objects.filter(token_hash=token_hash(token)).values_list("occurrence", flat=True).first()
    occurrence = locked(number) if number is not None else None
    if occurrence is None:
        return None
    # Asked again behind the lock: whoever had it before may have confirmed or given up.
    linked = Rsvp.objects.filter(token_hash=token_hash(token)).first()
    return Own(occurrence, linked, alive_beside(linked)) if linked is not None else None


def alive_beside(linked: Rsvp) -> Rsvp | None:
    """Return the RSVP of the same mailbox to the same date that stands: the row itself, or one confirmed before."""
    if linked.state in ALIVE:
        return linked
    return Rsvp.objects.filter(occurrence=linked.occurrence_id, tag=linked.tag, state__in=ALIVE).first()
