"""Make letters of rallies: the one way in which a verb posts a mail."""

from collections.abc import Mapping
from datetime import datetime

import orjson

from tocsin.campaigns.models import Campaign
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
    until: datetime | None = None,
) -> LetterRow:
    """Return one sealed letter as a row for outbox.domain.post, in the transaction that makes it necessary.

    `to` is the address as it was typed, `language` its reader's. `values` differ from mail to mail and
    are one line each: a name, a link. `texts` are the same in many, and may have lines: what a host
    writes, when and where it is. A template reads both by their names, and an empty one is false.
    `calendar` is an iCalendar object to attach, with its METHOD (RFC 5546), or several, one behind the other.
    After `until` nobody has any use for the mail, so that the caps do not put it off to then.
    """
    content = {
        "to": to,
        "language": language,
        "mail": kind.name,
        "rally": rally.pk,
        "values": dict(values or {}),
        "texts": dict(texts or {}),
        "calendar": calendar,
    }
    if until is not None:
        content["until"] = int(until.timestamp())
    return _row(f"{LETTER}.{rally.pk}" if kind.is_asked_for else LETTER, rally.campaign_id, content, now)


def letter_to_look_up(*, kind: MailKind, campaign: Campaign, to: str, language: str, now: datetime) -> LetterRow:
    """Return a letter whose mail finds what it says when it is built (MailKind.look_up): the same row for everybody."""
    content = {"to": to, "language": language, "mail": kind.name, "values": {}, "texts": {}, "calendar": ""}
    return _row(LETTER, campaign.pk, content, now)


def _row(kind: str, campaign: int, content: Mapping[str, object], now: datetime) -> LetterRow:
    address = parse(str(content["to"]))
    provider = provider_of(address.domain) if address else "other"
    return letter_row(kind=kind, campaign=campaign, content=orjson.dumps(content), provider=provider, now=now)
