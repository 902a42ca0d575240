"""Rebuild: write every published file anew from the database, where one is missing or not what it should be.

Only what a checkpoint of this log already speaks for is written, and only once the whole
database gave that checkpoint's root; so nothing can come out but what was published before.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tocsin.tally.domain.check import check_edge
from tocsin.tally.domain.publish import show
from tocsin.tally.log import Log
from tocsin.tally.models import Checkpoint, Head
from tocsin.tally.ranges import pack, unpack
from tocsin.tally.refusals import LogRefusal, LogRefusedError
from tocsin.tally.stored import stored_entries
from tocsin.tlog import bundles, tiles
from tocsin.tlog.compact import CompactRange
from tocsin.tlog.tiles import Tile


class Rebuilt(NamedTuple):
    """How many files the log of this size has, and which of them were written."""

    size: int
    files: int
    written: tuple[str, ...]


def rebuild(*, log: Log) -> Rebuilt:
    """Make the published files agree with the database; the caller holds the sequencer's place.

    Raises LogRefusedError when the database does not give the root that was signed. A crash
    leaves some files mended and the others as they were.
    """
    head, _ = Head.objects.get_or_create(id=1)
    newest = Checkpoint.objects.filter(size=head.published).first()
    if newest is None:
        return Rebuilt(0, 0, ())
    expected = unpack(head.published, head.published_peaks)
    found = CompactRange()
    for piece in stored_entries(0, head.published):
        found.extend(piece.leaves)
    if pack(found) != pack(expected) or found.root() != bytes(newest.root):
        raise LogRefusedError(LogRefusal.ENTRY_DIFFERS, f"before {head.published}")
    files, written = 0, []
    for tile, data in _tiles(head.published):
        files += 1
        if _on_disk(log, tile) != data:
            log.shelf.put(tile, data)
            written.append(tile.path)
    log.shelf.sync()
    check_edge(log, head.published, expected)
    if log.memory.read() is None:
        log.memory.write(newest.note)
    show(log, newest)
    return Rebuilt(head.published, files, tuple(written))


def _tiles(size: int) -> Iterator[tuple[Tile, bytes]]:
    """Yield each file of the log with its bytes; none of them is read from the disk for it."""
    done, edge = 0, dict[Tile, bytes]()
    for _, entries, leaves in stored_entries(0, size):
        made = [*bundles.grow(done, entries, edge.__getitem__), *tiles.grow(done, leaves, edge.__getitem__)]
        grown = {tile.level for tile, _ in made}
        # A level that this piece did not reach keeps its partial tile.
        edge = {tile: data for tile, data in edge.items() if tile.level not in grown}
        edge |= {tile: data for tile, data in made if not tile.is_full}
        yield from ((tile, data) for tile, data in made if tile.is_full)
        done += len(entries)
    yield from edge.items()


def _on_disk(log: Log, tile: Tile) -> bytes | None:
    try:
        return log.shelf.read(tile)
    except OSError:
        return None
