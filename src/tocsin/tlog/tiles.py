"""Tiles: the tree cut into files of up to 256 neighbouring hashes (c2sp.org/tlog-tiles).

Tile N of level L holds MTH(D[(N·256 + i)·256ᴸ : (N·256 + i + 1)·256ᴸ]) for i from 0 on: leaf hashes
at level 0, and above it the roots of full tiles one level below. A file never changes; while a tile is
not full yet, each width it was published with is a file of its own, `.p/W`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tocsin.tlog.compact import Node
from tocsin.tlog.hashing import HASH_BYTES, subtree_root

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_BYTES = TILE_WIDTH * HASH_BYTES
ENTRIES = -1
"""The level of entry bundles: `tile/entries/…`, laid out like level 0."""
_MAX_LEVEL = 63

# Six groups of three digits: more than the tiles of the largest log that may be stated.
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<number>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?\Z",
    re.ASCII,
)


class TileError(ValueError):
    """A path or the bytes of a tile are not what the layout allows; the message says why."""


class Tile(NamedTuple):
    """Which tile: its level (ENTRIES for a bundle), its number in the level, how many hashes or entries it holds."""

    level: int
    number: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Its path below the log's address: `tile/0/x001/x234/067`, or with `.p/112` when it is not full."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        digits = f"{self.number:03}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        *above, last = [digits[place : place + 3] for place in range(0, len(digits), 3)]
        parts = [f"x{part}" for part in above] + [last]
        partial = "" if self.is_full else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(parts)}{partial}"

    @property
    def is_full(self) -> bool:
        """Whether nothing can be added to it any more."""
        return self.width == TILE_WIDTH

    @property
    def full(self) -> "Tile":
        """The same tile when it is full: a log may delete a partial one as soon as that exists."""
        return Tile(self.level, self.number)

    @property
    def begin(self) -> int:
        """The first entry it speaks for."""
        return self.number << TILE_HEIGHT * (max(self.level, 0) + 1)


Read = Callable[[Tile], bytes]
"""Reads a tile's bytes from wherever they are: a folder, a dictionary, another server."""


def parse_path(path: str) -> Tile:
    """Return the tile of a path below the log's address; raises TileError unless it is spelled canonically."""
    match = _PATH.match(path)
    if match is None:
        message = "not a path of a tile"
        raise TileError(message)
    level = ENTRIES if match["level"] == "entries" else int(match["level"])
    number = int(match["number"].replace("x", "").replace("/", ""))
    tile = Tile(level, number, int(match["width"] or TILE_WIDTH))
    # `x000/001` and `.p/256` are other spellings of paths that exist.
    if tile.path != path or level > _MAX_LEVEL or tile.width > TILE_WIDTH:
        message = "not a canonical path of a tile"
        raise TileError(message)
    return tile


def tile_of(level: int, index: int, size: int) -> Tile:
    """Return the tile that holds hash (or entry) `index` of a tile level in a log of `size` entries.

    Raises TileError when the log has no such hash yet.
    """
    count = size >> TILE_HEIGHT * max(level, 0)
    if not 0 <= index < count:
        message = f"level {level} of a log of {size} entries has no hash {index}"
        raise TileError(message)
    number = index >> TILE_HEIGHT
    return Tile(level, number, min(TILE_WIDTH, count - (number << TILE_HEIGHT)))


def growth(old: int, size: int) -> Iterator[Tile]:
    """Yield the tiles and bundles that a log of `size` entries has and one of `old` had not: bundles, then by level."""
    for level in (ENTRIES, *range(_MAX_LEVEL + 1)):
        before, after = (total >> TILE_HEIGHT * max(level, 0) for total in (old, size))
        if after == before:
            return
        for number in range(before >> TILE_HEIGHT, -(-after // TILE_WIDTH)):
            yield Tile(level, number, min(TILE_WIDTH, after - (number << TILE_HEIGHT)))


def layout(size: int) -> Iterator[Tile]:
    """Yield all tiles and bundles of a log of `size` entries."""
    return growth(0, size)


def grow(old: int, leaves: Sequence[bytes], read: Read) -> Iterator[tuple[Tile, bytes]]:
    """Yield each hash tile, with its bytes, that appending the hashes `leaves` to a log of `old` entries makes.

    `read` gives the partial tiles of the old size, one a level at most. Level 0 comes first, so
    whoever writes in this order never has a hash above without the tile below it.
    """
    fresh = list(leaves)
    for level in range(_MAX_LEVEL + 1):
        if not fresh:
            return
        before = old >> TILE_HEIGHT * level
        kept = before % TILE_WIDTH
        row = split_hashes(read_tile(Tile(level, before >> TILE_HEIGHT, kept), read)) if kept else []
        row += fresh
        fresh = []
        for place in range(0, len(row), TILE_WIDTH):
            hashes = row[place : place + TILE_WIDTH]
            yield Tile(level, (before + place) >> TILE_HEIGHT, len(hashes)), b"".join(hashes)
            if len(hashes) == TILE_WIDTH:
                fresh.append(subtree_root(hashes))


def read_tile(tile: Tile, read: Read) -> bytes:
    """Return what `read` gives for a hash tile; raises TileError unless it is exactly as wide as the tile."""
    data = read(tile)
    if len(data) != tile.width * HASH_BYTES:
        message = f"{tile.path} should be {tile.width * HASH_BYTES} bytes, and is {len(data)}"
        raise TileError(message)
    return data


def split_hashes(data: bytes) -> list[bytes]:
    """Return the hashes of a tile."""
    return [data[place : place + HASH_BYTES] for place in range(0, len(data), HASH_BYTES)]


def nodes_of(size: int, read: Read) -> Node:
    """Return the reader of nodes of a log of `size` entries, over its tiles; `proofs` and `compact` take it.

    It remembers each tile it has read, so one that is kept for long should be made anew.
    """
    tiles: dict[Tile, bytes] = {}

    def node(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, TILE_HEIGHT)
        first, width = index << height, 1 << height
        tile = tile_of(tile_level, first + width - 1, size)
        if tile not in tiles:
            tiles[tile] = read_tile(tile, read)
        offset = first % TILE_WIDTH * HASH_BYTES
        return subtree_root(split_hashes(tiles[tile][offset : offset + width * HASH_BYTES]))

    return node
