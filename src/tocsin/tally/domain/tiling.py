"""Write the tiles and bundles of new entries, wait for the disk, and read back what it has.

A certificate log died of one flipped bit that it had signed (Yeti, 2022). So nothing is signed
over what was meant to be written: only over what can be read.
"""

from collections.abc import Iterable

from tocsin.tally.domain.check import read_published
from tocsin.tally.log import Log, OnStep, Step
from tocsin.tally.refusals import LogRefusal, LogRefusedError
from tocsin.tally.stored import Piece
from tocsin.tlog import bundles, tiles
from tocsin.tlog.bundles import BundleError
from tocsin.tlog.compact import CompactRange
from tocsin.tlog.hashing import leaf_hashes
from tocsin.tlog.tiles import ENTRIES, TILE_WIDTH, Tile, TileError

_Written = dict[Tile, bytes]


def write_tiles(log: Log, old: CompactRange, pieces: Iterable[Piece], on_step: OnStep) -> CompactRange:
    """Append the entries of `pieces` to the published files; return the range made from what was read back.

    Raises LogRefusedError when a file differs from what was written, or from what it grew out of.
    """
    grown = old.copy()
    for piece in pieces:
        written = _put(log, grown.size, piece)
        on_step(Step.TILES_PUT)
        log.shelf.sync()
        on_step(Step.TILES_SYNCED)
        grown.extend(_read_back(log, grown.size, written))
    return grown


def drop_outgrown(log: Log, old: int, size: int) -> None:
    """Remove the partial tiles of `old` entries whose full tiles a log of `size` has."""
    for level in (ENTRIES, *range(64)):
        count, grown = (total >> tiles.TILE_HEIGHT * max(level, 0) for total in (old, size))
        number, kept = divmod(count, TILE_WIDTH)
        if kept and grown >= (number + 1) * TILE_WIDTH:
            log.shelf.drop_partial(Tile(level, number))
        if not grown:
            return


def _put(log: Log, size: int, piece: Piece) -> _Written:
    written: _Written = {}
    try:
        made = [
            *bundles.grow(size, piece.entries, lambda tile: read_published(log, tile)),
            *tiles.grow(size, piece.leaves, lambda tile: read_published(log, tile)),
        ]
    except (TileError, BundleError) as error:
        raise LogRefusedError(LogRefusal.TILE_DIFFERS, str(error)) from error
    for tile, data in made:
        log.shelf.put(tile, data)
        written[tile] = data
    return written


def _read_back(log: Log, size: int, written: _Written) -> list[bytes]:
    """Return the leaf hashes of the new entries, made from the bundles on the disk."""
    found = {tile: read_published(log, tile) for tile in written}
    for tile, data in written.items():
        if found[tile] != data:
            raise LogRefusedError(LogRefusal.TILE_DIFFERS, tile.path)
    leaves: list[bytes] = []
    begin = size
    for tile in (tile for tile in written if tile.level == ENTRIES):
        hashes = leaf_hashes(bundles.decode(found[tile], width=tile.width))
        # Also where the bundle was there before: its old part may have changed on the disk since.
        if b"".join(hashes) != found[Tile(0, tile.number, tile.width)]:
            raise LogRefusedError(LogRefusal.TILE_DIFFERS, tile.path)
        leaves += hashes[begin - tile.begin :]
        begin = tile.begin + tile.width
    return leaves
