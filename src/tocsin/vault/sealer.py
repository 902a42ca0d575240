"""The epochs that one process seals one campaign's rows under, and writing them down.

Crash points: an epoch is stored in the same transaction as the first rows sealed under it, so
there is no row without its epoch. An epoch without rows, after a rollback, is only a spare.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from tocsin import db
from tocsin.seal.epoch import Epoch, begin_epoch
from tocsin.vault.models import EpochKey
from tocsin.vault.queries import key_in_use

LIFETIME = timedelta(seconds=60)
MAX_ROWS = 10_000
_TABLE = EpochKey._meta.db_table  # noqa: SLF001  the table's name is Django's to give

# What `store_epochs` still has to write: by epoch id, the columns in the order of the insert. Only a
# commit takes one out, so a batch that was rolled back leaves its epoch here for the next.
_unstored: dict[bytes, tuple[bytes, int, bytes, str]] = {}


class KeyMissingError(Exception):
    """The campaign has no sealing key in use, so nothing can be sealed for it."""


class Sealer:
    """Hands out the epoch to seal with; one per campaign and process, used from one thread."""

    __slots__ = ("_ends_at", "_epoch", "_key", "_public", "_slug")

    def __init__(self, campaign: int, slug: str) -> None:
        key = key_in_use(campaign)
        if key is None:
            message = f"campaign {slug} has no sealing key: make one before it takes signatures"
            raise KeyMissingError(message)
        self._key = key.pk
        self._public = bytes(key.public)
        self._slug = slug
        self._epoch: Epoch | None = None
        self._ends_at: datetime | None = None

    def current(self, now: datetime) -> Epoch:
        """Return the epoch to seal the next row under, a fresh one after a minute or 10,000 rows."""
        epoch = self._epoch
        if epoch is None or epoch.rows >= MAX_ROWS or not self._is_within(now):
            return self._begin(now)
        return epoch

    def forget(self, now: datetime) -> None:
        """Drop an epoch key whose minute is over; call it now and then, for when nobody signs."""
        if self._epoch is not None and not self._is_within(now):
            self._epoch = self._ends_at = None

    def _is_within(self, now: datetime) -> bool:
        """Say whether the epoch's minute runs; a clock that was put back ends it too."""
        ends_at = self._ends_at
        return ends_at is not None and ends_at - LIFETIME <= now < ends_at

    def _begin(self, now: datetime) -> Epoch:
        epoch = begin_epoch(self._public, self._slug)
        _unstored[epoch.id] = (epoch.id, self._key, epoch.wrapped, now.date().isoformat())
        self._epoch, self._ends_at = epoch, now + LIFETIME
        return epoch


def store_epochs(epochs: Iterable[Epoch]) -> None:
    """Write down the epochs that no transaction has stored yet, inside the caller's."""
    db.required()
    rows = {epoch.id: _unstored[epoch.id] for epoch in epochs if epoch.id in _unstored}
    if not rows:
        return
    with connection.cursor() as cursor:
        # Two batches of one process may carry the same new epoch; the first one in writes it.
        cursor.executemany(
            f'INSERT INTO "{_TABLE}" (id, key_id, wrapped, made_on) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING',  # noqa: S608  our own name
            list(rows.values()),
        )
    db.after_commit(lambda: _forget_stored(rows))


def _forget_stored(ids: Iterable[bytes]) -> None:
    for epoch_id in ids:
        _unstored.pop(epoch_id, None)
