"""Count mails against the caps of their addresses, before they are sent."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from tocsin import db
from tocsin.outbox.caps import allowed, hour_of, hours_in, packed
from tocsin.outbox.models import MailCap
from tocsin.outbox.states import Reason

_INSERT = (
    "INSERT INTO outbox_mailcap (address, sent_at, never_write) VALUES (%s, %s, %s) ON CONFLICT (address) DO NOTHING"
)
_UPDATE = "UPDATE outbox_mailcap SET sent_at = %s WHERE address = %s"


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
    with connection.cursor() as cursor:
        cursor.executemany(_UPDATE, [(packed(hours), address) for address, hours in sorted(changed.items())])
    return verdicts


def _lock(addresses: Sequence[bytes]) -> dict[bytes, tuple[list[int], bool]]:
    """Return the rows of sorted `addresses`, made where missing, and held until the transaction ends.

    Made first, because two workers that each see no row would each count from nought.
    """
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, [(address, b"", False) for address in addresses])
    # SQLite's transaction is the only writer anyway; elsewhere the rows are locked in one order.
    rows = MailCap.objects.select_for_update().filter(address__in=addresses).order_by("address")
    return {
        bytes(address): (hours_in(bytes(sent_at)), never_write)
        for address, sent_at, never_write in rows.values_list("address", "sent_at", "never_write")
    }
