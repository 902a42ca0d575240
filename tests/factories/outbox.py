"""Letters in the queue, and the worker's side of them."""

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson

from tocsin import db
from tocsin.kit import addresses
from tocsin.outbox import domain as outbox
from tocsin.outbox.mails import Builder, Dropped, Mail, Opened
from tocsin.outbox.models import Letter
from tocsin.outbox.sealing import letter_row

NOW = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)


def post(*recipients: str, kind: str = "note", campaign: int | None = None, now: datetime = NOW) -> list[int]:
    """Post one letter to each of `recipients`; return their ids."""
    rows = []
    for to in recipients:
        address = addresses.parse(to)
        provider = addresses.provider_of(address.domain) if address else "other"
        content = orjson.dumps({"to": to})
        rows.append(letter_row(kind=kind, campaign=campaign, content=content, provider=provider, now=now))
    with db.transaction():
        outbox.post(rows)
    return list(Letter.objects.order_by("-id").values_list("id", flat=True)[: len(rows)])[::-1]


def build_notes(letters: Sequence[Opened], now: datetime) -> list[Mail | Dropped]:
    """Make the shortest possible mail of each letter."""
    return [
        Mail(letter.content["to"], f"To: {letter.content['to']}\r\nDate: {now:%c}\r\n\r\nhello\r\n".encode())
        for letter in letters
    ]


NOTES: dict[str, Builder] = {"note": build_notes}
