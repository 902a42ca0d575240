"""The log again, from its bundles alone: every entry, the root they make, and what they add up to."""

import multiprocessing
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice

from tocsin.cli.audit.findings import AuditError
from tocsin.cli.audit.web import Web
from tocsin.cli.audit.work import Order, Piece, carry_out, fetch, hang_up
from tocsin.tlog.bundles import decode
from tocsin.tlog.checkpoint import Checkpoint
from tocsin.tlog.compact import CompactRange
from tocsin.tlog.hashing import leaf_hashes, node_hash, subtree_root
from tocsin.tlog.recount import Recount
from tocsin.tlog.succession import TakenOver
from tocsin.tlog.tiles import ENTRIES, TILE_WIDTH, Tile, layout

_BUNDLES_AN_ORDER = 64
_ALONE_BELOW = 16
"""So many orders are done sooner than two processes start."""
_MOST_PROCESSES = 4
_BUNDLE_LEVEL = 8  # 256 = 2⁸ entries


class Rebuilt:
    """The log below `tally` as far as it was fetched; grows to each checkpoint it is given."""

    def __init__(self, tally: str) -> None:
        self._web = Web(tally)
        self._roots: list[bytes] = []  # over each bundle, the last one maybe not full
        self._recount = Recount()
        self._taken_over = TakenOver()
        self._differing: dict[int, bytes] = {}

    @property
    def size(self) -> int:
        """How many entries were fetched."""
        return self._recount.size

    @property
    def recount(self) -> Recount:
        """What they add up to."""
        return self._recount

    @property
    def taken_over(self) -> TakenOver:
        """The logs that this one follows, and their roots as they come out of its entries."""
        return self._taken_over

    def grow(self, checkpoint: Checkpoint) -> None:
        """Fetch what is new up to a checkpoint; raises AuditError unless it makes the checkpoint's root."""
        if checkpoint.size > self.size:
            self._fetch(checkpoint.size)
        if self.root_at(checkpoint.size) != checkpoint.root:
            raise self._blame(checkpoint)
        if self._differing:
            tile = Tile(0, min(self._differing), self._width(min(self._differing)))
            raise AuditError.wrong(words=f"{tile.path} is not what was signed (its entries are)")
        self._check_upper_tiles()

    def root_at(self, size: int) -> bytes:
        """Return the root over the first `size` entries, which were fetched before."""
        full, rest = divmod(size, TILE_WIDTH)
        if size == self.size:
            return _root(self._roots, full)
        part = [subtree_root(leaf_hashes(self._bundle(full)[:rest]))] if rest else []
        return _root(self._roots[:full] + part, full)

    def entries(self, begin: int, end: int) -> Iterator[tuple[int, bytes]]:
        """Yield some of the entries that were fetched before, each with its index; they are fetched again."""
        for number in range(begin // TILE_WIDTH, -(-end // TILE_WIDTH)) if begin < end else ():
            first = number * TILE_WIDTH
            for index, entry in enumerate(self._bundle(number), first):
                if begin <= index < end:
                    yield index, entry

    def close(self) -> None:
        """Close the connections."""
        self._web.close()
        hang_up(self._web.address)

    def _fetch(self, size: int) -> None:
        begin, end = self.size // TILE_WIDTH, -(-size // TILE_WIDTH)
        starts = range(begin, end, _BUNDLES_AN_ORDER)
        # Made one by one: a log may sign a size of 2⁶³ and show nothing, and a list of that is our memory.
        orders = (Order(self._web.address, first, min(first + _BUNDLES_AN_ORDER, end), size) for first in starts)
        del self._roots[begin:]
        for first, piece in zip(starts, _pieces(orders, are_few=len(starts) < _ALONE_BELOW), strict=True):
            self._roots += piece.roots
            self._differing |= piece.differing
            for number, bundle in enumerate(piece.bundles, first):
                entries = decode(bundle)
                known = self.size - number * TILE_WIDTH
                new = entries[known:] if known else entries
                self._recount.add(new)
                self._taken_over.add(new)

    def _blame(self, checkpoint: Checkpoint) -> AuditError:
        """Say which files are not what was signed, as far as a hash can tell."""
        roots = [self._differing.get(number, root) for number, root in enumerate(self._roots)]
        first = min(self._differing, default=None)
        if first is None:
            return AuditError.wrong(
                words=f"the {checkpoint.size:,} entries shown are not those that the log signed: they make another root"
            )
        bundle, tile = Tile(ENTRIES, first, self._width(first)), Tile(0, first, self._width(first))
        if self.size == checkpoint.size and _root(roots, self.size // TILE_WIDTH) == checkpoint.root:
            return AuditError.wrong(words=f"{bundle.path} is not what was signed ({tile.path} is)")
        return AuditError.wrong(words=f"neither {bundle.path} nor {tile.path} is what was signed, or others are not")

    def _check_upper_tiles(self) -> None:
        tiles = [tile for tile in layout(self.size) if tile.level > 0]
        rows = [self._roots[: self.size // TILE_WIDTH]]
        while len(rows[-1]) >= TILE_WIDTH:
            row = rows[-1]
            full = range(0, len(row) - len(row) % TILE_WIDTH, TILE_WIDTH)
            rows.append([subtree_root(row[place : place + TILE_WIDTH]) for place in full])
        for tile, data in zip(tiles, fetch(self._web, tiles), strict=True):
            begin = tile.number * TILE_WIDTH
            if data != b"".join(rows[tile.level - 1][begin : begin + tile.width]):
                raise AuditError.wrong(words=f"{tile.path} is not what was signed (its entries are)")

    def _bundle(self, number: int) -> list[bytes]:
        (data,) = fetch(self._web, [Tile(ENTRIES, number, self._width(number))])
        return decode(data)

    def _width(self, number: int) -> int:
        return min(TILE_WIDTH, self.size - number * TILE_WIDTH)


def _root(roots: Sequence[bytes], full: int) -> bytes:
    """Return the root over `full` full bundles and, if there is one more root, the one that is not full."""
    left = CompactRange()
    left.extend(roots[:full], level=_BUNDLE_LEVEL)
    if len(roots) == full:
        return left.root()
    # What is not full stands right of all complete subtrees, smallest first (RFC 6962, section 2.1).
    here = roots[full]
    for peak in reversed(left.hashes):
        here = node_hash(peak, here)
    return here


def _pieces(orders: Iterator[Order], *, are_few: bool) -> Iterator[Piece]:
    """Yield what each order found, in their order; many are done by processes, one a core."""
    cores = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, _MOST_PROCESSES)
    if are_few or cores == 1:
        yield from map(carry_out, orders)
        return
    # Not forked: whoever calls may have threads.
    with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn")) as pool:
        # No more than a few ahead: a log may be larger than the memory.
        under_way: deque[Future[Piece]] = deque(pool.submit(carry_out, order) for order in islice(orders, 2 * cores))
        try:
            while under_way:
                piece = under_way.popleft().result()
                under_way.extend(pool.submit(carry_out, order) for order in islice(orders, 1))
                yield piece
        finally:
            pool.shutdown(cancel_futures=True)
