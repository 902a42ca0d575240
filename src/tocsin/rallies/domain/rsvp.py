"""Say that one will come, without an account: a sealed row, and a mail with a button behind its link.

Taking asks nothing of what is stored, so no answer tells who comes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from tocsin import db
from tocsin.kit.addresses import Address
from tocsin.outbox import domain as outbox
from tocsin.outbox.sealing import LetterRow
from tocsin.rallies import keys
from tocsin.rallies.emails.coming import CONFIRM_RSVP, ComingLetters, Reader
from tocsin.rallies.models import Occurrence, Rally, Rsvp
from tocsin.rallies.states import DateState, RsvpState, State
from tocsin.seal.tokens import new_token, to_text, token_hash

MOST_GUESTS: Final = 9
_TAKING: Final = (State.ANNOUNCED, State.APPROVED, State.RETURNED)
_COLUMNS = (
    "occurrence_id",
    "token_hash",
    "tag",
    "state",
    "guests",
    "duty",
    "sealed",
    "asked_on",
    "place_in_line",
    "reminded",
)
_RSVP = Rsvp._meta.db_table  # noqa: SLF001  the table's name is Django's to give


class ToCome(NamedTuple):
    """What somebody filled in, checked and cleaned."""

    address: Address
    language: str
    name: str = ""
    guests: int = 0
    duty: str = ""  # one of states.Duty
    needs: str = ""  # what they need to be able to come, for the host's eyes


class Asked(NamedTuple):
    """The rows of one RSVP, ready for `store_rsvps`."""

    row: tuple[Any, ...]
    letter: LetterRow


def takes_rsvps(rally: Rally, occurrence: Occurrence, now: datetime) -> bool:
    """Say whether people can say that they come to this date."""
    return rally.state in _TAKING and occurrence.state == DateState.STANDS and occurrence.ends_at > now


def rsvp(*, occurrence: Occurrence, filled: ToCome, now: datetime) -> Asked:
    """Return the rows of an RSVP to a date whose rally and campaign are loaded, and which takes them.

    Raises KeysSealedError.
    """
    rally = occurrence.rally
    token = new_token()
    content = {
        "email": filled.address.typed,
        "name": filled.name,
        "needs": filled.needs,
        "language": filled.language,
        "token": to_text(token),
    }
    row = (
        occurrence.pk,
        token_hash(token),
        keys.rsvp_tag(rally.pk, filled.address),
        int(RsvpState.ASKED),
        filled.guests,
        filled.duty,
        keys.seal(rally.pk, "rsvp", content),
        now.date(),
        None,
        0,
    )
    reader = Reader(email=filled.address.typed, name=filled.name, language=filled.language, token=to_text(token))
    letter = ComingLetters(occurrence, now=now).letter(CONFIRM_RSVP, reader)
    return Asked(row, letter)


def store_rsvps(batch: Sequence[Asked]) -> None:
    """Store RSVPs and post their mails, as a step of the caller's transaction.

    Raises IntegrityError when a date is gone meanwhile.
    """
    db.required()
    # Sorted by the token's hash: in what order they came is nobody's business.
    db.insert_many(_RSVP, _COLUMNS, sorted((asked.row for asked in batch), key=lambda row: bytes(row[1])))
    outbox.post([asked.letter for asked in batch])
