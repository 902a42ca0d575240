"""Count mails against the caps of their addresses, before they are sent."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db import connection

from tocsin import db
from tocsin.outbox.caps import allowed, free_from, hour_of, hours_in, packed, without
from tocsin.outbox.states import Reason

Row = TypeVar("Row")
_MOST_ROWS = 250  # of one statement
_COLUMNS = "INSERT INTO outbox_mailcap (address, sent_at, never_write) VALUES"
_MAKE = _COLUMNS + " {rows} ON CONFLICT (address) DO NOTHING"
_KNOWN = "SELECT address, sent_at, never_write FROM outbox_mailcap WHERE address IN ({marks}) ORDER BY address {locked}"
_COUNT = _COLUMNS + " {rows} ON CONFLICT (address) DO UPDATE SET sent_at = excluded.sent_at"


class Addressed(NamedTuple):
    """One mail that is due: to which address (a cap_key), and what is known of its time, in hours since 1970-01-01."""

    address: bytes
    last_hour: int = 0  # the last one in which it is worth sending; before now, it is not put off
    put_off_to: int | None = None  # the one that was kept free for it


class Counted(NamedTuple):
    """One mail that was counted: to which address (a cap_key), in which hour since 1970-01-01."""

    address: bytes
    hour: int


class Later(NamedTuple):
    """The verdict on a mail that has to wait: the hour that is kept free for it."""

    hour: int


Verdict = Reason | Later | None


def count_mails(mails: Sequence[Addressed], *, now: datetime) -> list[Verdict]:
    """Count each mail in its order; return None for those to send now, else why not or how long not.

    Inside a transaction: counted before anything is sent, so that a worker that dies has
    counted too many rather than too few.
    """
    db.required()
    known = _lock(sorted({mail.address for mail in mails}))
    hour = hour_of(now)
    verdicts: list[Verdict] = []
    changed: dict[bytes, list[int]] = {}
    for mail in mails:
        hours, never_write = known[mail.address]
        if never_write:
            verdicts.append(Reason.NEVER_WRITE)
            continue
        # What was kept free for an hour that has passed is no licence for this one: it is counted as all others are.
        others = hours if mail.put_off_to is None else without(hours, mail.put_off_to)
        counted, verdict = allowed(others, hour), None
        if counted is None:
            counted, verdict = _put_off(others, hour, mail.last_hour)
        if counted != hours:
            known[mail.address] = counted, False
            changed[mail.address] = counted
        verdicts.append(verdict)
    _count(sorted(changed.items()))
    return verdicts


def uncount_mails(mails: Sequence[Counted]) -> None:
    """Take back what was counted for mails that were not handed over in the end; inside a transaction."""
    db.required()
    left = {address: hours for address, (hours, _) in _lock(sorted({mail.address for mail in mails})).items()}
    for mail in mails:
        left[mail.address] = without(left[mail.address], mail.hour)
    _count(sorted(left.items()))


def _put_off(hours: list[int], hour: int, last_hour: int) -> tuple[list[int], Verdict]:
    later = free_from(hours, hour)
    if later is None or later > last_hour:
        return hours, Reason.CAPPED
    return [*hours, later], Later(later)


def _lock(addresses: Sequence[bytes]) -> dict[bytes, tuple[list[int], bool]]:
    """Return the rows of sorted `addresses`, held until the transaction ends.

    SQLite's transaction is the only writer anyway. Elsewhere the rows are made where missing and
    locked in one order, because two workers that each see no row would each count from nought.
    """
    known: dict[bytes, tuple[list[int], bool]] = {address: ([], False) for address in addresses}
    with connection.cursor() as cursor:
        for some in _portions(addresses):
            if not db.is_sqlite():
                rows = [value for address in some for value in (address, b"", False)]
                cursor.execute(_MAKE.format(rows=_marked(some)), rows)
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(_KNOWN.format(marks=marks, locked="" if db.is_sqlite() else "FOR UPDATE"), some)
            found = cursor.fetchall()
            known |= {bytes(address): (hours_in(bytes(sent_at)), bool(never)) for address, sent_at, never in found}
    return known


def _count(changed: Sequence[tuple[bytes, list[int]]]) -> None:
    with connection.cursor() as cursor:
        for some in _portions(changed):
            rows = [value for address, hours in some for value in (address, packed(hours), False)]
            cursor.execute(_COUNT.format(rows=_marked(some)), rows)


def _portions(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Cut rows up: one statement for many, because each gives up the interpreter's lock while others wait for us."""
    return (rows[first : first + _MOST_ROWS] for first in range(0, len(rows), _MOST_ROWS))


def _marked(rows: Sequence[object]) -> str:
    return ", ".join(["(%s, %s, %s)"] * len(rows))
