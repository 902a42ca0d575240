"""How often one address may be written to: 3 mails in 24 hours, 5 in 30 days, by all campaigns together.

Times are kept to the hour, the coarsest that can tell 24 hours; an hour that has begun counts
whole, so the limits hold for any 24 hours and any 30 days.

What the day's limit stops is put off: a coming hour stands among the hours then, and counts as if the
mail had been sent, so that no other one takes it. As it counts for 30 days too, no more than two wait.
docs/decisions/0040 says why.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from tocsin.kit.addresses import parse
from tocsin.kit.framing import mac
from tocsin.kit.keyfiles import server_key

DAY_LIMIT = 3
MONTH_LIMIT = 5
_DAY_HOURS = 24
MONTH_HOURS = 30 * 24
HOUR_SECONDS = 3600
_STAMP_BYTES = 4


def cap_key(address: str) -> bytes | None:
    """Return the row key of an address in MailCap, or None when it is no address.

    All spellings of one mailbox share it: else a+1@, a+2@ ... would each have caps of their own.
    """
    parsed = parse(address)
    if parsed is None:
        return None
    return mac(_cap_root(settings.KEYS_DIR), parsed.folded.encode())


@lru_cache(maxsize=2)
def _cap_root(keys_dir: Path) -> bytes:
    del keys_dir  # only there so that another folder's key is another key
    return server_key("mail cap")


def hour_of(now: datetime) -> int:
    """Return a moment in whole hours since 1970-01-01 UTC."""
    return int(now.timestamp()) // HOUR_SECONDS


def hours_in(sent_at: bytes) -> list[int]:
    """Return the hours that a row holds."""
    return [int.from_bytes(sent_at[at : at + _STAMP_BYTES], "big") for at in range(0, len(sent_at), _STAMP_BYTES)]


def packed(hours: Sequence[int]) -> bytes:
    """Return hours as a row holds them."""
    return b"".join(hour.to_bytes(_STAMP_BYTES, "big") for hour in hours)


def allowed(hours: Sequence[int], hour: int) -> list[int] | None:
    """Return the hours to store when one more mail is sent at `hour`, or None when it would be too many."""
    kept = [sent for sent in hours if sent >= hour - MONTH_HOURS]
    today = sum(sent >= hour - _DAY_HOURS for sent in kept)
    if today >= DAY_LIMIT or len(kept) >= MONTH_LIMIT:
        return None
    return [*kept, hour]


def free_from(hours: Sequence[int], hour: int) -> int | None:
    """Return the first hour that the day's limit leaves free, after all that wait; None when the month's is reached.

    For hours of which `allowed` says that there are too many at `hour`.
    """
    kept = sorted(sent for sent in hours if sent >= hour - MONTH_HOURS)
    if len(kept) >= MONTH_LIMIT:
        return None
    # The mail and the two newest are three: the third newest has to be out of their 24 hours.
    return kept[-DAY_LIMIT] + _DAY_HOURS + 1


def without(hours: Sequence[int], kept_free: int) -> list[int]:
    """Return the hours less one that was kept free, for whom it was kept; sorted."""
    left = sorted(hours)
    if kept_free in left:
        left.remove(kept_free)
    return left
