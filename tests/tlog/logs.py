"""Logs made for tests: their entries, tiles in a dictionary, and roots by the letter of RFC 6962."""

from dataclasses import dataclass
from functools import cached_property

from tests import vectors
from tocsin.tlog.compact import Node
from tocsin.tlog.cosignature import CosignatureSigner
from tocsin.tlog.hashing import EMPTY_ROOT, leaf_hash, leaf_hashes, node_hash
from tocsin.tlog.keys import LogSigner
from tocsin.tlog.tiles import Tile, grow, nodes_of

ORIGIN = "log.example.org/tally"
LOG = LogSigner(ORIGIN, bytes(range(32)))
NEXT_LOG_KEY = LogSigner(ORIGIN, bytes(range(64, 96)))
WITNESS = CosignatureSigner("witness.example.net", bytes(range(32, 64)))

GOLDEN = vectors.load("log")


def merkle_tree_hash(entries: list[bytes]) -> bytes:
    """Return MTH(D[n]) as the RFC defines it, word for word and slowly."""
    if not entries:
        return EMPTY_ROOT
    if len(entries) == 1:
        return leaf_hash(entries[0])
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return node_hash(merkle_tree_hash(entries[:split]), merkle_tree_hash(entries[split:]))


@dataclass
class Log:
    """Some entries, published as tiles in one go."""

    entries: list[bytes]

    @classmethod
    def of(cls, size: int) -> "Log":
        return cls([place.to_bytes(4, "big") for place in range(size)])

    @property
    def size(self) -> int:
        return len(self.entries)

    @cached_property
    def leaves(self) -> list[bytes]:
        return leaf_hashes(self.entries)

    @cached_property
    def tiles(self) -> dict[Tile, bytes]:
        return dict(grow(0, self.leaves, nothing))

    @property
    def node(self) -> Node:
        return nodes_of(self.size, self.tiles.__getitem__)

    def root(self, size: int | None = None) -> bytes:
        return merkle_tree_hash(self.entries[:size])


def nothing(tile: Tile) -> bytes:
    message = f"an empty log has no {tile.path}"
    raise AssertionError(message)


def flipped(data: bytes, bit: int) -> bytes:
    """Return `data` with one bit changed, counted from the first byte's lowest."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
