"""The mails of accounts as their addressees read them."""

import re
from typing import Any

import orjson

from tocsin.outbox.keys import opening_box
from tocsin.outbox.models import Letter
from tocsin.outbox.sealing import open_letter


def account_mails() -> list[dict[str, Any]]:
    """Return the mails of accounts that wait, oldest first."""
    return [
        orjson.loads(
            open_letter(opening_box(row.key_day), kind=row.kind, campaign=row.campaign, sealed=bytes(row.sealed))
        )
        for row in Letter.objects.filter(kind="account").order_by("id")
    ]


def link_to(mail: dict[str, Any]) -> str:
    """Return the path of the one link in a mail."""
    found = re.search(r"http://testserver(/\S+)", mail["text"])
    assert found is not None
    return found[1]
