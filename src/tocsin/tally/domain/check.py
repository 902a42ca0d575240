"""Check, before anything is counted or signed, that this database is the one the published log came from.

Two places outside the database remember the last checkpoint: a file of its own, and the one
that is shown to everybody. A database restored from a backup brings neither back, so it is
found out here, and not by those who compare what it would sign with what they saw before.
"""

from typing import NamedTuple

from tocsin.tally.log import Log
from tocsin.tally.models import Checkpoint, Head
from tocsin.tally.ranges import unpack
from tocsin.tally.refusals import LogRefusal, LogRefusedError
from tocsin.tally.shelf import CHECKPOINT
from tocsin.tally.stored import stored_entries
from tocsin.tlog.checkpoint import Checkpoint as CheckpointText
from tocsin.tlog.compact import CompactRange
from tocsin.tlog.signed import CheckpointError, open_checkpoint, read_checkpoint
from tocsin.tlog.tiles import Tile, TileError, nodes_of


class Standing(NamedTuple):
    """How far the log has come, as it was found; `newest` is the checkpoint that the database has."""

    head: Head
    newest: Checkpoint | None


def check(log: Log, *, thoroughly: bool = False) -> Standing:
    """Return how the log stands; raises LogRefusedError when nothing may be counted or signed.

    Once a second this compares two files with a row. `thoroughly`, as at the start, it also
    reads the right edge of the published tree from the tiles.
    """
    head, _ = Head.objects.get_or_create(id=1)
    newest = Checkpoint.objects.filter(size=head.published).first()
    remembered = [text for text in (log.memory.read(), log.shelf.text(CHECKPOINT)) if text is not None]
    if newest is not None and not remembered:
        raise LogRefusedError(LogRefusal.MEMORY_LOST)
    unknown = {text for text in remembered if newest is None or not text.startswith(newest.note)}
    for text in unknown:
        _compare(log, head, open_own(log, text))
    if newest is not None and (thoroughly or unknown or len(remembered) == 1):
        check_edge(log, head.published, unpack(head.published, head.published_peaks))
    return Standing(head, newest)


def open_own(log: Log, text: str) -> CheckpointText:
    """Return the checkpoint of a note that this log has signed; raises LogRefusedError.

    For a log without its keys at hand it returns what the note says.
    """
    try:
        if not log.signers:
            return read_checkpoint(text)
        return open_checkpoint(text, log_keys=log.verifiers).checkpoint
    except CheckpointError as error:
        raise LogRefusedError(LogRefusal.OTHER_KEY, error.reason.value) from error


def check_edge(log: Log, size: int, expected: CompactRange) -> None:
    """Raise LogRefusedError unless the tiles of the first `size` entries end in the `expected` range.

    The range's hashes are made from every byte of the partial tiles, so none of them can have
    changed unnoticed where new entries are going to be added.
    """
    try:
        found = CompactRange.from_nodes(size, nodes_of(size, lambda tile: read_published(log, tile)))
    except TileError as error:
        raise LogRefusedError(LogRefusal.TILE_DIFFERS, str(error)) from error
    if found.hashes != expected.hashes:
        raise LogRefusedError(LogRefusal.TILE_DIFFERS, f"at the right edge of {size} entries")


def read_published(log: Log, tile: Tile) -> bytes:
    """Return a tile from the disk; raises LogRefusedError when it is not there."""
    try:
        return log.shelf.read(tile)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise LogRefusedError(LogRefusal.TILE_MISSING, tile.path) from error


def _compare(log: Log, head: Head, remembered: CheckpointText) -> None:
    if remembered.size > head.size:
        about = f"{head.size} entries here, {remembered.size} published"
        raise LogRefusedError(LogRefusal.DATABASE_BEHIND, about)
    if _root_at(log, head, remembered.size) != remembered.root:
        raise LogRefusedError(LogRefusal.OTHER_HISTORY, f"at {remembered.size} entries")


def _root_at(log: Log, head: Head, size: int) -> bytes:
    """Return the root over the first `size` entries: from tiles as far as they go, then from the table."""
    if size < head.published:
        node = nodes_of(head.published, lambda tile: read_published(log, tile))
        return CompactRange.from_nodes(size, node).root()
    grown = unpack(head.published, head.published_peaks)
    for piece in stored_entries(head.published, size):
        grown.extend(piece.leaves)
    return grown.root()
