"""What each of an audit's processes does: fetch a run of bundles and tiles, hash, and say where they differ."""

from collections.abc import Sequence
from typing import NamedTuple

from tocsin.cli.audit.findings import AuditError
from tocsin.cli.audit.web import GONE, OK, Web
from tocsin.tlog.bundles import BundleError, decode, encode
from tocsin.tlog.hashing import HASH_BYTES, leaf_hashes, subtree_root
from tocsin.tlog.tiles import ENTRIES, TILE_WIDTH, Tile, split_hashes

_webs: dict[str, Web] = {}


class Order(NamedTuple):
    """Bundles `begin` to `end` (without it) of the log at `tally` that has `size` entries."""

    tally: str
    begin: int
    end: int
    size: int


class Piece(NamedTuple):
    """What was found: each bundle as it came, the root over its entries, and tiles that say otherwise.

    `differing` holds, by number, the root over the hash tile as it was served; empty when that was none.
    """

    bundles: list[bytes]
    roots: list[bytes]
    differing: dict[int, bytes]


def carry_out(order: Order) -> Piece:
    """Return what an order found; raises AuditError, naming the file that is not what it should be."""
    # Kept from order to order: connections cost more than what is fetched over them.
    web = _webs.setdefault(order.tally, Web(order.tally))
    numbers = range(order.begin, order.end)
    widths = [min(TILE_WIDTH, order.size - number * TILE_WIDTH) for number in numbers]
    wanted = [
        Tile(level, number, width) for number, width in zip(numbers, widths, strict=True) for level in (ENTRIES, 0)
    ]
    piece = Piece([], [], {})
    files = fetch(web, wanted)
    for number, width, bundle, tile in zip(numbers, widths, files[::2], files[1::2], strict=True):
        leaves = leaf_hashes(_entries(bundle, Tile(ENTRIES, number, width)))
        root = subtree_root(leaves)
        if b"".join(leaves) != tile:
            is_tile = len(tile) == width * HASH_BYTES
            piece.differing[number] = subtree_root(split_hashes(tile)) if is_tile else b""
        piece.bundles.append(bundle)
        piece.roots.append(root)
    return piece


def hang_up(tally: str) -> None:
    """Close the connections that this process keeps to a log."""
    if (web := _webs.pop(tally, None)) is not None:
        web.close()


def fetch(web: Web, tiles: Sequence[Tile]) -> list[bytes]:
    """Return the bytes of tiles and bundles; raises AuditError for one that is not there."""
    answers = web.each([tile.path for tile in tiles])
    return [
        _cut(web, tile) if answer.status in GONE and not tile.is_full else _body(web, tile, answer.status, answer.body)
        for tile, answer in zip(tiles, list(answers), strict=True)
    ]


def _cut(web: Web, tile: Tile) -> bytes:
    """Return a partial tile that a growing log has deleted since, out of the full one (tlog-tiles allows it)."""
    answer = web.get(tile.full.path)
    if answer.status in GONE:
        raise _missing(web, tile)
    whole = _body(web, tile.full, answer.status, answer.body)
    if tile.level == ENTRIES:
        return encode(_entries(whole, tile.full)[: tile.width])
    return whole[: tile.width * HASH_BYTES]


def _body(web: Web, tile: Tile, status: int, body: bytes) -> bytes:
    if status in GONE:
        raise _missing(web, tile)
    if status != OK:
        raise AuditError.unchecked(words=f"{web.url(tile.path)} answers {status}")
    return body


def _entries(bundle: bytes, tile: Tile) -> list[bytes]:
    try:
        return decode(bundle, width=tile.width)
    except BundleError as error:
        raise AuditError.wrong(words=f"{tile.path} is not what was signed: {error}") from error


def _missing(web: Web, tile: Tile) -> AuditError:
    return AuditError.wrong(words=f"the log has signed more than it shows: {web.url(tile.path)} is missing")
