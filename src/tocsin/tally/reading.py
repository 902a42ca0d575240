"""Reading published files as others may ask for them."""

from tocsin.tally.shelf import Shelf
from tocsin.tlog import bundles
from tocsin.tlog.hashing import HASH_BYTES
from tocsin.tlog.tiles import ENTRIES, Tile


def read_or_cut(shelf: Shelf, tile: Tile) -> bytes:
    """Return a tile's bytes; raises FileNotFoundError.

    A partial tile that is gone is the beginning of the full one that took its place, so that
    whoever holds an older checkpoint goes on finding what belongs to it.
    """
    try:
        return shelf.read(tile)
    except (FileNotFoundError, NotADirectoryError):
        if tile.is_full:
            raise
    whole = shelf.read(tile.full)
    if tile.level != ENTRIES:
        return whole[: tile.width * HASH_BYTES]
    return bundles.encode(bundles.decode(whole)[: tile.width])
