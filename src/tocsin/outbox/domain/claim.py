"""Claim letters: find what is due, open it, take a lease of it, and count it against the caps.

On SQLite they are found and opened before the transaction, because that takes longer than the
transaction itself, and everybody who signs would wait for it. PostgreSQL finds them in it, and
lets other workers skip them.

Crash points: dying before the commit claims nothing. Dying after it leaves the letters held until
the lease ends; then they come again, and are not counted against their addresses again.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

import orjson
from django.db import connection

from tocsin import db
from tocsin.kit.quiet_log import where
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

_DUE = """
    SELECT id, kind, campaign, provider, attempts, key_day, sealed, ref, put_off_to FROM outbox_letter
    WHERE provider = %s AND due_at <= %s ORDER BY due_at LIMIT %s
"""
# Only what is still due: on SQLite somebody may have taken it back while we opened it.
_LEASE = """
    UPDATE outbox_letter SET due_at = %s, attempts = attempts + 1
    WHERE due_at <= %s AND id IN ({marks}) RETURNING id
"""
_LEAVE = "UPDATE outbox_letter SET due_at = %s WHERE due_at <= %s AND id IN ({marks})"
# Its attempts are none again: when it comes it is looked at as if for the first time, but for the hour kept for it.
_PUT_OFF = "UPDATE outbox_letter SET due_at = %s, put_off_to = %s, attempts = 0 WHERE id = %s AND due_at = %s"
_DAY_HOURS = 24
_log = logging.getLogger(__name__)


class Claimed(NamedTuple):
    """The letters that a worker now holds until `lease_end`, those dropped at once, and how many were put off."""

    letters: list[Opened]
    lease_end: int
    dropped: list[Reason]
    put_off: int = 0
    hour: int = 0
    """The one that the letters of a first attempt count for in the caps of their addresses."""
    left: int = 0
    """How many cannot be opened this time, and were left alone."""

    @property
    def found(self) -> int:
        """How many were due, whatever became of them."""
        return len(self.letters) + len(self.dropped) + self.put_off + self.left


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


class _Found(NamedTuple):
    """A due letter: its row, what it says or why nobody can read it, and what the caps have to know of it.

    Without either it could not be opened this time, as when its key's file cannot be read.
    """

    row: _Row
    letter: Opened | Reason | None = None
    mail: Addressed | None = None


class _Sorted(NamedTuple):
    """What the caps make of letters: to send, to drop, to put off to an hour."""

    kept: list[Opened]
    dropped: list[tuple[int, Refused]]
    later: list[tuple[int, int]]


def claim(*, provider: str, limit: int, lease_seconds: int, now: datetime) -> Claimed:
    """Claim up to `limit` due letters of one provider.

    Those that cannot be opened this time are left alone for as long, so that they hold up no others. Two that claim
    at once on SQLite may find the same letters: each is only one's, but one who has held it may have counted it since.
    """
    moment = int(now.timestamp())
    lease_end = moment + lease_seconds
    with _found(provider, moment, limit) as due:
        if not due:
            return Claimed([], lease_end, [])
        left = [one.row.id for one in due if one.letter is None]
        _leave(left, moment, lease_end)
        ours = _lease([one.row.id for one in due if one.letter is not None], moment, lease_end)
        found = [one for one in due if one.row.id in ours]
        broken = [(one.row, one.letter) for one in found if isinstance(one.letter, Reason)]
        set_aside([row.id for row, _ in broken if row.ref is not None])
        letters, capped, later = _within_caps(found, now)
        _put_off(later, lease_end)
        dropped = [(row, why) for row, why in broken if row.ref is None]
        _drop([(row.id, Refused(row.provider, why, row.kind)) for row, why in dropped] + capped, now)
    reasons = [why for _, why in dropped] + [Reason(refused.answer) for _, refused in capped]
    return Claimed(letters, lease_end, reasons, len(later), hour_of(now), len(left))


@contextmanager
def _found(provider: str, moment: int, limit: int) -> Iterator[list[_Found]]:
    """Give due letters, opened, to a block that runs in a transaction if there are any."""
    if not db.is_sqlite():
        with db.transaction():
            yield _opened_rows(_DUE + "FOR UPDATE SKIP LOCKED", provider, moment, limit)
        return
    found = _opened_rows(_DUE, provider, moment, limit)
    with db.transaction() if found else nullcontext():
        yield found


def _opened_rows(query: str, provider: str, moment: int, limit: int) -> list[_Found]:
    with connection.cursor() as cursor:
        cursor.execute(query, [provider, moment, limit])
        rows = sorted((_Row(*row) for row in cursor.fetchall()), key=itemgetter(0))
    boxes = _BoxesByDay()
    found, failures = [], []
    for row in rows:
        try:
            letter = _opened(row, boxes)
            found.append(_Found(row, letter, _addressed(row, letter) if isinstance(letter, Opened) else None))
        except Exception as error:  # noqa: BLE001  a broken key or letter must not stop those behind it
            found.append(_Found(row))
            failures.append(error)
    if failures:
        _log.error("%d letters cannot be opened and wait: %s", len(failures), where(failures[0]))
    return found


def _leave(ids: list[int], moment: int, until: int) -> None:
    """Let letters that cannot be opened come again later, as if nobody had looked."""
    if not ids:
        return
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE.format(marks=marks), [until, moment, *ids])


def _lease(ids: list[int], moment: int, lease_end: int) -> set[int]:
    """Hold letters until the lease ends, and write down that we try them; return those that still were due."""
    if not ids:
        return set()
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(_LEASE.format(marks=marks), [lease_end, moment, *ids])
        return {letter for (letter,) in cursor.fetchall()}


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


def _within_caps(found: list[_Found], now: datetime) -> _Sorted:
    """Count the letters that come for the first time, or for the first time since they were put off.

    Letters of a batch were asked for, so no cap counts them; "never write to me" holds for them too.
    """
    verdicts: dict[int, Reason | Later | None] = {}
    first: list[tuple[int, Addressed]] = []
    asked_for: list[tuple[int, bytes]] = []
    letters = [(one.letter, one.mail) for one in found if isinstance(one.letter, Opened)]
    for letter, mail in letters:
        is_asked_for = bool(batch_of(letter.kind))
        if letter.attempts > 1 and not is_asked_for:
            continue
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
    kept = [letter for letter, _ in letters if verdicts.get(letter.id) is None]
    dropped = [
        (letter.id, Refused(letter.provider, reason, letter.kind))
        for letter, _ in letters
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
