"""Claim letters: take what is due, open it, and count it against the caps, in one transaction.

Crash points: dying before the commit claims nothing; dying after it leaves the letters held
until the lease ends, when they are due again. A letter that comes a second time is not counted
against its address a second time.
"""

from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

import orjson
from django.db import connection

from tocsin import db
from tocsin.outbox.batches import batch_of, never_written
from tocsin.outbox.caps import cap_key
from tocsin.outbox.domain.bounces import Refused, record_bounces
from tocsin.outbox.domain.count_mails import count_mails
from tocsin.outbox.domain.lost import set_aside
from tocsin.outbox.keys import OutboxKeyGoneError, opening_box
from tocsin.outbox.mails import Opened
from tocsin.outbox.sealing import open_letter
from tocsin.outbox.states import Reason
from tocsin.seal.box import Box, BoxBrokenError

# The inner query finds, the outer condition decides: of two workers that found the same letter, one updates it.
_CLAIM = """
    UPDATE outbox_letter SET due_at = %(lease_end)s, attempts = attempts + 1
    WHERE due_at <= %(now)s AND id IN (
        SELECT id FROM outbox_letter WHERE provider = %(provider)s AND due_at <= %(now)s
        ORDER BY due_at LIMIT %(limit)s {skip_locked}
    )
    RETURNING id, kind, campaign, provider, attempts, key_day, sealed, ref
"""


class Claimed(NamedTuple):
    """The letters that a worker now holds until `lease_end`, and those that were dropped at once."""

    letters: list[Opened]
    lease_end: int
    dropped: list[Reason]


class _Row(NamedTuple):
    id: int
    kind: str
    campaign: int | None
    provider: str
    attempts: int
    key_day: int
    sealed: bytes
    ref: bytes | None


def claim(*, provider: str, limit: int, lease_seconds: int, now: datetime) -> Claimed:
    """Claim up to `limit` due letters of one provider."""
    lease_end = int(now.timestamp()) + lease_seconds
    with db.transaction():
        rows = _take(provider, limit, lease_end, now)
        letters: list[Opened] = []
        dropped: list[tuple[_Row, Reason]] = []
        lost: list[int] = []
        boxes = _BoxesByDay()
        for row in rows:
            opened = _opened(row, boxes)
            if isinstance(opened, Reason) and row.ref is not None:
                lost.append(row.id)
            elif isinstance(opened, Reason):
                dropped.append((row, opened))
            else:
                letters.append(opened)
        set_aside(lost)
        letters, capped = _within_caps(letters, now)
        _drop([(row.id, Refused(row.provider, reason, row.kind)) for row, reason in dropped] + capped, now)
    reasons = [reason for _, reason in dropped] + [Reason(refused.answer) for _, refused in capped]
    return Claimed(letters, lease_end, reasons)


def _take(provider: str, limit: int, lease_end: int, now: datetime) -> list[_Row]:
    skip_locked = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM.format(skip_locked=skip_locked),
            {"lease_end": lease_end, "now": int(now.timestamp()), "provider": provider, "limit": limit},
        )
        return sorted((_Row(*row) for row in cursor.fetchall()), key=itemgetter(0))


class _BoxesByDay(dict[int, Box | None]):
    """The boxes one batch needs; None for a day whose key is gone."""

    def __missing__(self, day: int) -> Box | None:
        try:
            self[day] = opening_box(day)
        except OutboxKeyGoneError:
            self[day] = None
        return self[day]


def _opened(row: _Row, boxes: "_BoxesByDay") -> Opened | Reason:
    box = boxes[row.key_day]
    if box is None:
        return Reason.KEY_GONE
    try:
        content = orjson.loads(open_letter(box, kind=row.kind, campaign=row.campaign, sealed=bytes(row.sealed)))
    except (BoxBrokenError, orjson.JSONDecodeError):
        return Reason.BROKEN
    return Opened(row.id, row.kind, row.campaign, row.provider, row.attempts, content)


def _within_caps(letters: list[Opened], now: datetime) -> tuple[list[Opened], list[tuple[int, Refused]]]:
    """Count the letters that come for the first time; return those to send, and those to drop.

    Letters of a batch were asked for, so no cap counts them; "never write to me" holds for them too.
    """
    verdicts: dict[int, Reason | None] = {}
    first: list[tuple[int, bytes]] = []
    asked_for: list[tuple[int, bytes]] = []
    for letter in letters:
        is_asked_for = bool(batch_of(letter.kind))
        if letter.attempts > 1 and not is_asked_for:
            continue
        key = cap_key(str(letter.content.get("to", "")))
        if key is None:
            verdicts[letter.id] = Reason.NO_ADDRESS
        else:
            (asked_for if is_asked_for else first).append((letter.id, key))
    reasons = count_mails([key for _, key in first], now=now)
    verdicts |= {letter_id: reason for (letter_id, _), reason in zip(first, reasons, strict=True)}
    never = never_written([key for _, key in asked_for])
    verdicts |= {letter_id: Reason.NEVER_WRITE for letter_id, key in asked_for if key in never}
    kept = [letter for letter in letters if verdicts.get(letter.id) is None]
    dropped = [(letter, reason) for letter in letters if (reason := verdicts.get(letter.id))]
    return kept, [(letter.id, Refused(letter.provider, reason, letter.kind)) for letter, reason in dropped]


def _drop(letters: list[tuple[int, Refused]], now: datetime) -> None:
    if not letters:
        return
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM outbox_letter WHERE id = %s", [(letter_id,) for letter_id, _ in letters])
    record_bounces([refused for _, refused in letters], now=now)
