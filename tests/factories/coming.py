"""People who come to rallies, by the real verbs, and the mails that they get."""

import re
from datetime import datetime
from email import message_from_string, policy
from email.message import EmailMessage
from typing import Any, NamedTuple

import orjson

from tests.cast import MAYA, Person
from tests.factories.rallies import NOW
from tests.factories.rallies import rally as make_rally
from tocsin import db
from tocsin.kit import addresses
from tocsin.outbox.keys import opening_box
from tocsin.outbox.mails import Mail, Opened
from tocsin.outbox.models import Letter
from tocsin.outbox.sealing import open_letter
from tocsin.rallies import emails
from tocsin.rallies.domain.confirm_rsvp import Confirmed, confirm_rsvp
from tocsin.rallies.domain.rsvp import ToCome, rsvp, store_rsvps
from tocsin.rallies.models import Occurrence
from tocsin.seal.tokens import from_text


class Told(NamedTuple):
    """One letter that waits to be sent, opened: which mail, to whom, and what it says of its own."""

    mail: str
    to: str
    values: dict[str, str]
    texts: dict[str, str]
    calendar: str


def date_of_a_rally(**changes: Any) -> Occurrence:
    """Return the one date of a new rally, with its rally and campaign."""
    made = make_rally(**changes)
    return Occurrence.objects.select_related("rally__campaign").get(rally=made)


def people(count: int) -> list[Person]:
    """Return so many people nobody has met."""
    return [Person(f"Guest {at}", f"guest{at}@example.org", "DE", "Kassel") for at in range(count)]


def ask(occurrence: Occurrence, person: Person = MAYA, *, now: datetime = NOW, **more: Any) -> bytes:
    """Say that `person` comes; return the token in their mail."""
    address = addresses.parse(person.address)
    assert address is not None
    filled = ToCome(**{"address": address, "language": person.language, "name": person.name} | more)
    with db.transaction():
        store_rsvps([rsvp(occurrence=occurrence, filled=filled, now=now)])
    return token_in(told(person)[-1])


def come(occurrence: Occurrence, person: Person = MAYA, *, now: datetime = NOW, **more: Any) -> bytes:
    """Say that `person` comes, and press the button; return the token in their mail."""
    token = ask(occurrence, person, now=now, **more)
    assert confirm_rsvp(token=token, now=now) in {Confirmed.COMING, Confirmed.WAITING}
    return token


def told(person: Person | None = None) -> list[Told]:
    """Return the letters that wait, to one person or to everybody, oldest first."""
    letters = []
    for row in Letter.objects.order_by("pk"):
        sealed = bytes(row.sealed)
        content = orjson.loads(
            open_letter(opening_box(row.key_day), kind=row.kind, campaign=row.campaign, sealed=sealed)
        )
        letters.append(Told(*(content[name] for name in ("mail", "to", "values", "texts", "calendar"))))
    return [one for one in letters if person is None or one.to == person.address]


def mails(person: Person | None = None, *, now: datetime = NOW) -> list[str]:
    """Return the letters that wait as the mails the worker makes of them, whole, oldest first."""
    build = emails.builders()
    made = []
    for row in Letter.objects.order_by("pk"):
        sealed = bytes(row.sealed)
        content = orjson.loads(
            open_letter(opening_box(row.key_day), kind=row.kind, campaign=row.campaign, sealed=sealed)
        )
        if person is None or content["to"] == person.address:
            opened = Opened(row.pk, row.kind, row.campaign, row.provider, 1, content)
            [mail] = build[row.kind.partition(".")[0]]([opened], now)
            assert isinstance(mail, Mail)
            made.append(mail.content.decode())
    return made


def words(mail: str) -> str:
    """Return what a mail says to a reader of plain text."""
    message = message_from_string(mail, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def token_in(letter: Told) -> bytes:
    """Return the token of the link in a letter."""
    found = re.search(r"/r/([\w-]{43})$", letter.values["link"])
    assert found
    token = from_text(found[1])
    assert token is not None
    return token
