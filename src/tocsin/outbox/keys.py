"""The outbox keys: one a day, in a file beside the pepper, destroyed with its last letter.

In sealed mode they lie in memory alone: what waits to be sent ends with the machine's power.

What lies in the letters' table, or in any copy or backup of it, opens with these keys alone;
once a day's key is destroyed, nothing opens that day's letters, not even bytes left on a disk.
"""

import functools
from datetime import date, datetime, timedelta
from pathlib import Path

from tocsin.kit import keyfiles
from tocsin.seal.box import KEY_BYTES, Box

_EPOCH = date(1970, 1, 1)
DAY_SECONDS = 86_400


class OutboxKeyGoneError(Exception):
    """A day's key is not there: its letters cannot be opened any more."""


def day_of(now: datetime) -> int:
    """Return the day, in UTC and as days since 1970-01-01, under whose key a letter made `now` is sealed."""
    return int(now.timestamp()) // DAY_SECONDS


def path_of(day: int) -> Path:
    """Return where a day's key lies."""
    return folder() / f"{_EPOCH + timedelta(days=day)}.key"


def folder() -> Path:
    """Return the folder of the outbox keys."""
    return keyfiles.keys_dir() / "outbox"


@functools.lru_cache(maxsize=2)  # today and, around midnight, yesterday
def sealing_box(day: int) -> Box:
    """Return the box that seals a day's letters; its key is made on first use."""
    return Box(keyfiles.read_or_make(path_of(day), KEY_BYTES))


def opening_box(day: int) -> Box:
    """Return the box that opens a day's letters; raise OutboxKeyGoneError when its key was destroyed."""
    try:
        return Box(keyfiles.read(path_of(day), KEY_BYTES))
    except FileNotFoundError as error:
        message = f"the outbox key of {_EPOCH + timedelta(days=day)} is gone"
        raise OutboxKeyGoneError(message) from error


def days_kept() -> list[int]:
    """Return the days whose keys lie here, oldest first."""
    days = [_day_in(path.stem) for path in keyfiles.paths(folder())]
    return [day for day in days if day is not None]


def _day_in(stem: str) -> int | None:
    """Return the day that a key's file is named for; None for a stray file beside the keys."""
    try:
        day = date.fromisoformat(stem)
    except ValueError:
        return None
    return (day - _EPOCH).days if stem == day.isoformat() else None


def destroy(day: int) -> None:
    """Overwrite and remove a day's key; gone already is fine."""
    sealing_box.cache_clear()
    keyfiles.destroy(path_of(day))
