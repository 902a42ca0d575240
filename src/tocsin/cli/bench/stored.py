"""Fill the tables with counted signatures before a run, fast: rows of the right sizes, in the order of their keys.

They are nobody's: their keys are noise, spread as evenly as real ones, and the rest is copied
from a few real rows. Nothing is durable until the end, and nothing needs to be.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import cycle, islice
from typing import Any

from django.db import connection

from tocsin import db
from tocsin.cli.bench.samples import open_intake, people_taken
from tocsin.signing.domain.store import PENDING_COLUMNS
from tocsin.signing.states import State
from tocsin.tally.domain import publish
from tocsin.tally.domain.advance import move_head
from tocsin.tally.log import own_log
from tocsin.tally.models import Head
from tocsin.tally.queries import log_size
from tocsin.tlog.entry import Kind, sign

_BATCH = 50_000
_SAMPLES = 16
_SIGNATURE, _ENTRY = "signing_signature", "tally_entry"
_SHARED = tuple(column for column in PENDING_COLUMNS if column != "taken_on")
_COLUMNS = (*_SHARED, "seat", "state", "signed_on", "listing", "index")
_ENTRY_COLUMNS = ("index", "campaign", "kind", "entry")
Row = tuple[Any, ...]


def store_signatures(count: int) -> None:
    """Store `count` counted signatures, with the log's entries and numbers that belong to them."""
    if not count:
        return
    campaign, slug = open_intake().campaign, open_intake().slug
    size = log_size()
    signatures = _signatures(count, size)
    entry = sign(slug, bytes(32))
    with _unhurried(), _without_index(_SIGNATURE, "manage_hash"):
        for first in range(0, count, _BATCH):
            batch = list(islice(signatures, _BATCH))
            entries = [(size + first + place, campaign, int(Kind.SIGN), entry) for place in range(len(batch))]
            with db.transaction():
                db.insert_scattered(_SIGNATURE, _COLUMNS, batch)
                db.insert_many(_ENTRY, _ENTRY_COLUMNS, entries)
                move_head(Head.objects.get_or_create(id=1)[0], [entry] * len(batch))
    publish(log=own_log(), now=datetime.now(UTC))
    _settle()


def _signatures(count: int, size: int) -> Iterator[Row]:
    """Yield rows in the order of their tags; no two tags are equal."""
    now = datetime.now(UTC)
    kept = [place for place, column in enumerate(PENDING_COLUMNS) if column != "taken_on"]
    people = islice(people_taken(open_intake(), first=0, now=now), _SAMPLES)
    samples = [tuple(taken.pending[place] for place in kept) for taken in people]
    keys, tag = _SHARED[:2], _SHARED.index("tag")
    if keys != ("token_hash", "manage_hash") or _SHARED[tag + 1] != "name_tag":
        message = "the columns of a signature changed places"
        raise RuntimeError(message)
    step, own = (1 << 64) // count, (0, int(State.COUNTED), now.date(), None)
    for number, sample in zip(range(count), cycle(samples), strict=False):
        noise = os.urandom(88)
        its_tag = (number * step).to_bytes(8, "big") + noise[:8]
        yield (
            noise[8:40],
            noise[40:72],
            *sample[2:tag],
            its_tag,
            noise[72:88],
            *sample[tag + 2 :],
            *own,
            size + number,
        )


@contextmanager
def _unhurried() -> Iterator[None]:
    """Let commits not wait for the disk."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF" if db.is_sqlite() else "SET synchronous_commit = off")
    yield
    connection.close()


@contextmanager
def _without_index(table: str, column: str) -> Iterator[None]:
    """Drop the index on one column of random values, and make it again over all rows at once."""
    indexes = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s"
    if not db.is_sqlite():
        indexes = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s"
    with connection.cursor() as cursor:
        cursor.execute(indexes, [table])
        of_column = [(name, made_by) for name, made_by in cursor.fetchall() if _is_on(made_by, column)]
        for name, _ in of_column:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        for _, made_by in of_column:
            cursor.execute(made_by)


def _is_on(made_by: str | None, column: str) -> bool:
    """Say whether an index was made on `column` alone; constraints' own say nothing on SQLite."""
    return made_by is not None and made_by.replace('"', "").endswith(f"({column})")


def _settle() -> None:
    """Bring everything to its place, so that the run begins with a database at rest."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)" if db.is_sqlite() else "CHECKPOINT")
        cursor.execute("ANALYZE" if not db.is_sqlite() else "PRAGMA optimize")
    connection.close()
