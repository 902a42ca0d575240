"""Make letters of rallies: the one way in which a verb posts a mail."""

from collections.abc import Mapping
from datetime import datetime

import orjson

from tocsin.kit.addresses import parse, provider_of
from tocsin.outbox.sealing import LetterRow, letter_row
from tocsin.rallies.emails.kinds import LETTER, MailKind
from tocsin.rallies.models import Rally


def letter(
    *,
    kind: MailKind,
    rally: Rally,
    to: str,
    language: str,
    now: datetime,
    values: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
    calendar: str = "",
) -> LetterRow:
    """Return one sealed letter as a row for outbox.domain.post, in the transaction that makes it necessary.

    `to` is the address as it was typed, `language` its reader's. `values` differ from mail to mail and
    are one line each: a name, a link. `texts` are the same in many, and may have lines: what a host
    writes, when and where it is. A template reads both by their names, and an empty one is false.
    `calendar` is an iCalendar object to attach, with its METHOD (RFC 5546).
    """
    address = parse(to)
    content = {
        "to": to,
        "language": language,
        "mail": kind.name,
        "rally": rally.pk,
        "values": dict(values or {}),
        "texts": dict(texts or {}),
        "calendar": calendar,
    }
    return letter_row(
        kind=f"{LETTER}.{rally.pk}" if kind.is_asked_for else LETTER,
        campaign=rally.campaign_id,
        content=orjson.dumps(content),
        provider=provider_of(address.domain) if address else "other",
        now=now,
    )
