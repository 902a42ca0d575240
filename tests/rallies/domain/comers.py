"""People who come to a date, and the letters that reach them."""

from datetime import datetime

from django.db.models import F

from tests.cast import Person
from tests.factories.rallies import NOW
from tocsin.kit.addresses import parse
from tocsin.outbox import domain as outbox
from tocsin.outbox.mails import Opened
from tocsin.rallies import keys
from tocsin.rallies.models import Occurrence, Rsvp
from tocsin.rallies.states import RsvpState
from tocsin.seal.tokens import new_token, to_text, token_hash


def comes(to: Occurrence, person: Person, *, state: RsvpState = RsvpState.COMING, guests: int = 0) -> Rsvp:
    """Return somebody's RSVP to a date."""
    token, address = new_token(), parse(person.address)
    assert address is not None
    content = {"email": person.address, "name": person.name, "language": person.language, "token": to_text(token)}
    column = {RsvpState.COMING: "coming", RsvpState.WAITING: "waiting"}.get(state)
    if column is not None:
        Occurrence.objects.filter(pk=to.pk).update(**{column: F(column) + 1 + guests})
    return Rsvp.objects.create(
        occurrence=to,
        token_hash=token_hash(token),
        tag=keys.rsvp_tag(to.rally_id, address),
        state=state,
        guests=guests,
        sealed=keys.seal(to.rally_id, "rsvp", content),
        asked_on=NOW.date(),
        place_in_line=1,
    )


def letters(now: datetime = NOW) -> list[Opened]:
    """Return the letters that wait, as the worker opens them, and leave none."""
    return [
        letter
        for provider in ("other", "google")
        for letter in outbox.claim(provider=provider, limit=500, lease_seconds=20, now=now).letters
    ]


def told(now: datetime = NOW) -> list[tuple[str, str]]:
    """Return which mail goes to which address, in order."""
    return sorted((str(one.content["mail"]), str(one.content["to"])) for one in letters(now))
