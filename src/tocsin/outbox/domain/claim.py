"""Claim letters: take a lease of what is due, open it, and count it against the caps.

Two transactions, because opening a hundred letters takes longer than both together, and on
SQLite everybody who signs would wait for it.

Crash points: dying before the first commit claims nothing; dying after it leaves the letters
held until the lease ends, when they are due again as if nothing had been. After the second one
they were tried once: a letter that comes again is not counted against its address again.
"""

from collections.abc import Mapping
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

import orjson
from django.db import connection

from tocsin import db
from tocsin.outbox.batches import batch_of, never_written
from tocsin.outbox.caps import HOUR_SECONDS, cap_key, hour_of
from tocsin.outbox.domain.bounces import Refused, record_bounces
from tocsin.outbox.domain.count_mails import Addressed, Later, count_mails
from tocsin.outbox.domain.expire import KEPT_DAYS
from tocsin.outbox.domain.lost import set_aside
from tocsin.outbox.keys import OutboxKeyGoneError, opening_box
from tocsin.outbox.mails import Opened
from tocsin.outbox.sealing import open_letter
from tocsin.outbox.states import Reason
from tocsin.seal.box import Box, BoxBrokenError

# The inner query finds, the outer condition decides: of two workers that found the same letter, one updates it.
# Materialized, or PostgreSQL may ask it once for each letter that it looks at, and find others each time.
_LEASE = """
    WITH found AS MATERIALIZED (
        SELECT id FROM outbox_letter WHERE provider = %(provider)s AND due_at <= %(now)s
        ORDER BY due_at LIMIT %(limit)s {skip_locked}
    )
    UPDATE outbox_letter SET due_at = %(lease_end)s
    WHERE due_at <= %(now)s AND id IN (SELECT id FROM found)
    RETURNING id, kind, campaign, provider, attempts, key_day, sealed, ref, put_off_to
"""
_TRY = "UPDATE outbox_letter SET attempts = attempts + 1 WHERE due_at = %s AND id IN ({marks})"
# Its attempts are none again: when it comes it is looked at as if for the first time, but for the hour kept for it.
_PUT_OFF = "UPDATE outbox_letter SET due_at = %s, put_off_to = %s, attempts = 0 WHERE id = %s AND due_at = %s"
_OURS = "SELECT id FROM outbox_letter WHERE due_at = %s AND id IN ({marks})"
_DAY_HOURS = 24


class Claimed(NamedTuple):
    """The letters that a worker now holds until `lease_end`, those dropped at once, and how many were put off."""

    letters: list[Opened]
    lease_end: int
    dropped: list[Reason]
    put_off: int = 0
    hour: int = 0
    """The one that the letters of a first attempt count for in the caps of their addresses."""


class _Row(NamedTuple):
    id: int
    kind: str
    campaign: int | None
    provider: str
    attempts: int
    key_day: int
    sealed: bytes
    ref: bytes | None
    put_off_to: int | None


class _Sorted(NamedTuple):
    """What the caps make of letters: to send, to drop, to put off to an hour."""

    kept: list[Opened]
    dropped: list[tuple[int, Refused]]
    later: list[tuple[int, int]]


def claim(*, provider: str, limit: int, lease_seconds: int, now: datetime) -> Claimed:
    """Claim up to `limit` due letters of one provider."""
    lease_end = int(now.timestamp()) + lease_seconds
    rows = _lease(provider, limit, lease_end, now)
    if not rows:
        return Claimed([], lease_end, [])
    boxes = _BoxesByDay()
    opened = [(row, _opened(row, boxes)) for row in rows]
    letters = [letter for _, letter in opened if isinstance(letter, Opened)]
    broken = [(row, why) for row, why in opened if isinstance(why, Reason)]
    due = {row.id: _addressed(row, letter) for row, letter in opened if isinstance(letter, Opened)}
    with db.transaction():
        set_aside([row.id for row, _ in broken if row.ref is not None])
        letters, capped, later = _within_caps(_tried(letters, lease_end), due, now)
        _put_off(later, lease_end)
        dropped = [(row, why) for row, why in broken if row.ref is None]
        _drop([(row.id, Refused(row.provider, why, row.kind)) for row, why in dropped] + capped, now)
    reasons = [why for _, why in dropped] + [Reason(refused.answer) for _, refused in capped]
    return Claimed(letters, lease_end, reasons, len(later), hour_of(now))


def _lease(provider: str, limit: int, lease_end: int, now: datetime) -> list[_Row]:
    skip_locked = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with db.transaction(), connection.cursor() as cursor:
        cursor.execute(
            _LEASE.format(skip_locked=skip_locked),
            {"lease_end": lease_end, "now": int(now.timestamp()), "provider": provider, "limit": limit},
        )
        return sorted((_Row(*row) for row in cursor.fetchall()), key=itemgetter(0))


def _tried(letters: list[Opened], lease_end: int) -> list[Opened]:
    """Write down that we try `letters`; return those that still are ours, nearly always all."""
    if not letters:
        return []
    ids = [letter.id for letter in letters]
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(_TRY.format(marks=marks), [lease_end, *ids])
        if cursor.rowcount == len(ids):
            return letters
        cursor.execute(_OURS.format(marks=marks), [lease_end, *ids])
        ours = {letter for (letter,) in cursor.fetchall()}
    return [letter for letter in letters if letter.id in ours]


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
    was_put_off = row.put_off_to is not None
    return Opened(row.id, row.kind, row.campaign, row.provider, row.attempts + 1, content, was_put_off)


def _addressed(row: _Row, letter: Opened) -> Addressed | None:
    """Return what the caps have to know of a letter; None when it is to no address."""
    key = cap_key(str(letter.content.get("to", "")))
    if key is None:
        return None
    # Its day's key is destroyed then; and a letter that says "until" is good for nothing later than that.
    last_hour = (row.key_day + KEPT_DAYS) * _DAY_HOURS - 1
    until = letter.content.get("until")
    if isinstance(until, int):
        last_hour = min(last_hour, until // HOUR_SECONDS - 1)
    return Addressed(key, last_hour, row.put_off_to)


def _within_caps(letters: list[Opened], due: Mapping[int, Addressed | None], now: datetime) -> _Sorted:
    """Count the letters that come for the first time, or for the first time since they were put off.

    `due` is what is known of each, by letter; None where there is no address.
    Letters of a batch were asked for, so no cap counts them; "never write to me" holds for them too.
    """
    verdicts: dict[int, Reason | Later | None] = {}
    first: list[tuple[int, Addressed]] = []
    asked_for: list[tuple[int, bytes]] = []
    for letter in letters:
        is_asked_for = bool(batch_of(letter.kind))
        if letter.attempts > 1 and not is_asked_for:
            continue
        mail = due[letter.id]
        if mail is None:
            verdicts[letter.id] = Reason.NO_ADDRESS
        elif is_asked_for:
            asked_for.append((letter.id, mail.address))
        else:
            first.append((letter.id, mail))
    counted = count_mails([mail for _, mail in first], now=now)
    verdicts |= {letter_id: verdict for (letter_id, _), verdict in zip(first, counted, strict=True)}
    never = never_written([key for _, key in asked_for])
    verdicts |= {letter_id: Reason.NEVER_WRITE for letter_id, key in asked_for if key in never}
    kept = [letter for letter in letters if verdicts.get(letter.id) is None]
    dropped = [
        (letter.id, Refused(letter.provider, reason, letter.kind))
        for letter in letters
        if isinstance(reason := verdicts.get(letter.id), Reason)
    ]
    later = [(letter_id, verdict.hour) for letter_id, verdict in verdicts.items() if isinstance(verdict, Later)]
    return _Sorted(kept, dropped, later)


def _put_off(letters: list[tuple[int, int]], lease_end: int) -> None:
    """Let letters wait for the hour that is kept free for each."""
    if not letters:
        return
    rows = [(hour * HOUR_SECONDS, hour, letter, lease_end) for letter, hour in letters]
    with connection.cursor() as cursor:
        cursor.executemany(_PUT_OFF, rows)


def _drop(letters: list[tuple[int, Refused]], now: datetime) -> None:
    if not letters:
        return
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM outbox_letter WHERE id = %s", [(letter_id,) for letter_id, _ in letters])
    record_bounces([refused for _, refused in letters], now=now)
