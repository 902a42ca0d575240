"""Confirm an RSVP: the button behind the link of the first mail. Opening the link changes nothing."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Max

from tocsin import db
from tocsin.outbox import domain as outbox
from tocsin.rallies import keys
from tocsin.rallies.domain.change_rsvp import resize
from tocsin.rallies.domain.own_rsvp import Own, own_rsvp
from tocsin.rallies.domain.promote import people_of, post_promoted, promote
from tocsin.rallies.domain.rsvp import takes_rsvps
from tocsin.rallies.emails.coming import COMING, WAITING, ComingLetters, reader_of
from tocsin.rallies.models import Occurrence, Rsvp
from tocsin.rallies.states import ASKED_DAYS, RsvpState


class Confirmed(StrEnum):
    """What pressing the button came to."""

    COMING = "coming"
    WAITING = "waiting"
    GIVEN_UP = "given_up"
    OVER = "over"  # the date is over, cancelled or postponed
    UNKNOWN = "unknown"


def confirm_rsvp(*, token: bytes, now: datetime) -> Confirmed:
    """Give somebody a place, or one in the line when all are taken; pressed again, say what is.

    A second RSVP of the same mailbox to the same date changes the first one, and takes no second place.
    Raises KeysSealedError.
    """
    with db.transaction():
        own = own_rsvp(token)
        if own is None:
            return Confirmed.UNKNOWN
        if own.linked.state != RsvpState.ASKED:
            return _as_it_stands(own)
        if own.linked.asked_on < now.date() - timedelta(days=ASKED_DAYS):
            return Confirmed.UNKNOWN
        if not takes_rsvps(own.occurrence.rally, own.occurrence, now):
            return Confirmed.OVER
        row = _renew(own, own.alive) if own.alive is not None else _stand_in_line(own)
        promoted = promote(occurrence=own.occurrence, now=now)
        row.refresh_from_db()
        _post_letters(own.occurrence, row, [one for one in promoted if one.pk != row.pk], now)
        return Confirmed.COMING if row.state == RsvpState.COMING else Confirmed.WAITING


def _as_it_stands(own: Own) -> Confirmed:
    if own.alive is None:
        return Confirmed.GIVEN_UP
    return Confirmed.COMING if own.alive.state == RsvpState.COMING else Confirmed.WAITING


def _stand_in_line(own: Own) -> Rsvp:
    """Put a row at the end of the line: `promote` takes it from there at once, if there is room."""
    row = own.linked
    last = Rsvp.objects.filter(occurrence=own.occurrence, state=RsvpState.WAITING).aggregate(last=Max("place_in_line"))
    row.state, row.place_in_line = RsvpState.WAITING, (last["last"] or 0) + 1
    row.save(update_fields=["state", "place_in_line"])
    own.occurrence.waiting += people_of(row)
    return row


def _renew(own: Own, row: Rsvp) -> Rsvp:
    """Take over into the RSVP that stands what was typed the second time; the link's own row is spent."""
    linked = own.linked
    before = keys.unseal(own.occurrence.rally_id, "rsvp", bytes(row.sealed))
    typed = keys.unseal(own.occurrence.rally_id, "rsvp", bytes(linked.sealed))
    row.sealed = keys.seal(own.occurrence.rally_id, "rsvp", typed | {"token": before["token"]})
    row.duty = linked.duty
    resize(own.occurrence, row, linked.guests)
    row.save(update_fields=["sealed", "duty", "guests"])
    linked.state, linked.sealed = RsvpState.GONE, b""
    linked.save(update_fields=["state", "sealed"])
    return row


def _post_letters(occurrence: Occurrence, row: Rsvp, promoted: list[Rsvp], now: datetime) -> None:
    kind = COMING if row.state == RsvpState.COMING else WAITING
    letters = ComingLetters(occurrence, now=now)
    outbox.post([letters.letter(kind, reader_of(occurrence.rally_id, row), places=people_of(row))])
    post_promoted(occurrence=occurrence, promoted=promoted, now=now)
