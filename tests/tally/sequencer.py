"""A log to try things on: entries in the real tables, files in a folder, and disks that lie."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.tlog.logs import flipped
from tocsin import db
from tocsin.tally.domain import Publication, Queued, advance, publish, queue
from tocsin.tally.log import Log, own_log
from tocsin.tally.models import Entry
from tocsin.tally.shelf import Shelf
from tocsin.tlog import entry
from tocsin.tlog.entry import Kind, Reason
from tocsin.tlog.tiles import Tile

NOW = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)
SLUG = "demo"
CAMPAIGN = 1


def signs(begin: int, end: int, *, slug: str = SLUG, campaign: int = CAMPAIGN) -> list[Queued]:
    """Return different signatures' entries, numbered from `begin` to `end`."""
    digests = (hashlib.sha256(place.to_bytes(4, "big")).digest() for place in range(begin, end))
    return [Queued(campaign, Kind.SIGN, entry.sign(slug, digest)) for digest in digests]


def withdrawal(index: int, *, slug: str = SLUG, campaign: int = CAMPAIGN) -> Queued:
    """Return the entry that withdraws the signature at `index`."""
    return Queued(campaign, Kind.WITHDRAW, entry.withdraw(slug, index, Reason.SIGNATORY))


def give_indexes(entries: list[Queued]) -> None:
    """Queue `entries` and give all that waits its index."""
    with db.transaction():
        queue(entries)
    while advance(count=lambda _: None).entries:
        continue


def grow_by(number: int, *, log: Log | None = None, begin: int | None = None) -> Publication:
    """Let the log grow by so many signatures, and publish it."""
    first = Entry.objects.count() if begin is None else begin
    give_indexes(signs(first, first + number))
    return publish(log=log or own_log(), now=NOW)


def entries_in_order() -> list[bytes]:
    """Return the entries that the database has."""
    return [bytes(row) for row in Entry.objects.order_by("index").values_list("entry", flat=True)]


def with_shelf(make: Callable[[Path], Shelf]) -> Log:
    """Return this server's log with another kind of disk below it."""
    log = own_log()
    return replace(log, shelf=make(log.shelf.folder))


class FlippingShelf(Shelf):
    """A disk that keeps one bit of one file wrong."""

    def __init__(self, folder: Path, path: str, bit: int) -> None:
        super().__init__(folder)
        self.path, self.bit = path, bit

    def put(self, tile: Tile, data: bytes) -> None:
        super().put(tile, flipped(data, self.bit) if tile.path == self.path else data)


def flip_on_disk(path: Path, bit: int) -> None:
    """Flip one bit of a file, as a dying disk does."""
    path.write_bytes(flipped(path.read_bytes(), bit))
