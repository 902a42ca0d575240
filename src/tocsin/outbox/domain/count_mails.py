"""Count mails against the caps of their addresses, before they are sent."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import connection

from tocsin import db
from tocsin.outbox.caps import allowed, hour_of, hours_in, packed
from tocsin.outbox.states import Reason

Row = TypeVar("Row")
_MOST_ROWS = 250  # of one statement
_COLUMNS = "INSERT INTO outbox_mailcap (address, sent_at, never_write) VALUES"
_MAKE = _COLUMNS + " {rows} ON CONFLICT (address) DO NOTHING"
_KNOWN = "SELECT address, sent_at, never_write FROM outbox_mailcap WHERE address IN ({marks}) ORDER BY address {locked}"
_COUNT = _COLUMNS + " {rows} ON CONFLICT (address) DO UPDATE SET sent_at = excluded.sent_at"


def count_mails(addresses: Sequence[bytes], *, now: datetime) -> list[Reason | None]:
    """Count one mail to each address (a cap_key), and return why not for those that may not be written to.

    Inside a transaction: counted before anything is sent, so that a worker that dies has
    counted too many rather than too few.
    """
    db.required()
    known = _lock(sorted(set(addresses)))
    hour = hour_of(now)
    verdicts: list[Reason | None] = []
    changed: dict[bytes, list[int]] = {}
    for address in addresses:
        hours, never_write = known[address]
        now_sent = None if never_write else allowed(hours, hour)
        if now_sent is None:
            verdicts.append(Reason.NEVER_WRITE if never_write else Reason.CAPPED)
            continue
        known[address] = now_sent, False
        changed[address] = now_sent
        verdicts.append(None)
    _count(sorted(changed.items()))
    return verdicts


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
