"""Restore: a restored backup has signatures as not yet counted that the log has counted since; they learn their index.

`tocsin tally recover` calls this. Rows that only waited for their index are found by the log
itself; here are the others: held ones that were released since, and pending ones whose
signatories have confirmed since. Left as they are, confirming or releasing them would count
them a second time.
"""

from collections.abc import Mapping
from datetime import date

from tocsin import db
from tocsin.signing.domain.store import PENDING_COLUMNS
from tocsin.signing.models import PendingSignature, Signature
from tocsin.signing.states import State

_READ_AT_ONCE = 5_000
_SHARED = [column for column in PENDING_COLUMNS if column != "taken_on"]
_SEATS = (0, 1)


def restore(*, counted: Mapping[bytes, int], today: date) -> int:
    """Let rows be COUNTED whose commitment the log has at an index, in the caller's transaction; return how many.

    No index helps to find them, so both tables are read from end to end. A name that was shown
    is not shown again: that takes the token in the mail.
    """
    db.required()
    return _uncounted(counted) + _pending(counted, today)


def _uncounted(counted: Mapping[bytes, int]) -> int:
    rows = Signature.objects.filter(state__in=(State.HELD, State.CONFIRMED)).values_list("commitment", "manage_hash")
    found = [
        (bytes(manage_hash), counted[bytes(commitment)])
        for commitment, manage_hash in rows.iterator(chunk_size=_READ_AT_ONCE)
        if bytes(commitment) in counted
    ]
    for manage_hash, index in found:
        Signature.objects.filter(manage_hash=manage_hash).update(state=State.COUNTED, index=index)
    return len(found)


def _pending(counted: Mapping[bytes, int], today: date) -> int:
    rows = PendingSignature.objects.values_list("commitment", "token_hash").iterator(chunk_size=_READ_AT_ONCE)
    found = [(bytes(key), counted[bytes(commitment)]) for commitment, key in rows if bytes(commitment) in counted]
    return sum(_move(token_hash, index, today) for token_hash, index in found)


def _move(token_hash: bytes, index: int, today: date) -> bool:
    """Move one pending row to the counted signatures; without a free seat it goes, and its receipt stands for it."""
    row = PendingSignature.objects.get(token_hash=token_hash)
    same = Signature.objects.filter(campaign_id=row.campaign_id)
    taken = set(same.filter(tag=row.tag).values_list("seat", flat=True))
    free = [seat for seat in _SEATS if seat not in taken]
    values = {column: getattr(row, column) for column in _SHARED}
    row.delete()
    if not free or same.filter(name_tag=row.name_tag).exists():
        return False
    Signature.objects.create(**values, seat=free[0], state=State.COUNTED, index=index, signed_on=today)
    return True
