"""What the link of somebody who comes shows: their RSVP, its date, and where exactly that is once it may be told.

Asking changes nothing: mail programs open links by themselves.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from tocsin.rallies import keys
from tocsin.rallies.calendars import ExactPlace
from tocsin.rallies.domain.own_rsvp import ALIVE, alive_beside
from tocsin.rallies.domain.promote import ahead_of
from tocsin.rallies.emails.coming import Reader, reader_of
from tocsin.rallies.exact import exact_place
from tocsin.rallies.models import Occurrence, Rsvp
from tocsin.rallies.states import RsvpState
from tocsin.seal.box import BoxBrokenError
from tocsin.seal.tokens import token_hash


@dataclass(frozen=True, slots=True)
class OwnRsvp:
    """What stands behind a link; `row` is the RSVP that stands, or else the link's own row."""

    row: Rsvp
    occurrence: Occurrence
    reader: Reader | None  # None once it is given up, or its key is gone
    exact: ExactPlace | None  # the private address, if this reader may know it now

    @property
    def state(self) -> RsvpState:
        """Where the RSVP stands."""
        return RsvpState(self.row.state)


def own_rsvp_of(token: bytes, *, now: datetime) -> OwnRsvp | None:
    """Return what is behind a link, with its rally and campaign; None for nothing. Raises KeysSealedError."""
    linked = Rsvp.objects.filter(token_hash=token_hash(token)).first()
    if linked is None:
        return None
    row = alive_beside(linked) or linked
    occurrence = Occurrence.objects.select_related("rally__campaign", "rally__day_of_action").get(pk=row.occurrence_id)
    return OwnRsvp(row, occurrence, _reader(occurrence, row), exact_for(occurrence, row, now=now))


def exact_for(occurrence: Occurrence, row: Rsvp, *, now: datetime) -> ExactPlace | None:
    """Return the private address if this RSVP is of somebody who comes, and the time has come to tell it."""
    return exact_place(occurrence, now=now) if row.state == RsvpState.COMING else None


def people_before(row: Rsvp) -> int:
    """Return how many people wait before somebody who waits."""
    people: int = ahead_of(row).aggregate(people=Coalesce(Sum(F("guests") + 1), 0))["people"]
    return people


def dates_of_who_comes(row: Rsvp) -> list[tuple[Occurrence, Rsvp]]:
    """Return every date of the same rally to which the same mailbox comes, with its RSVP, in order."""
    rows = Rsvp.objects.filter(occurrence__rally=row.occurrence.rally_id, tag=row.tag, state__in=ALIVE)
    found = rows.select_related("occurrence__rally__campaign", "occurrence__rally__day_of_action")
    return [(one.occurrence, one) for one in found.order_by("occurrence__starts_at", "pk")]


def _reader(occurrence: Occurrence, row: Rsvp) -> Reader | None:
    if not row.sealed:
        return None
    try:
        return reader_of(occurrence.rally_id, row)
    except (keys.RallyKeyGoneError, BoxBrokenError):
        return None
