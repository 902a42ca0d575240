"""The hashes of the tree (RFC 6962, section 2.1): SHA-256, leaves under 00, nodes under 01.

    MTH({})     = SHA-256()
    MTH({d(0)}) = SHA-256(00 ‖ d(0))
    MTH(D[n])   = SHA-256(01 ‖ MTH(D[0:k]) ‖ MTH(D[k:n])), k the largest power of two below n

A million entries cost two million hashes, and an audit has three seconds: so those that come in
crowds are made in one comprehension each, by `sha256` itself (a function or `partial` around it
would cost half as much again).
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()
"""The root of a log without entries."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32-byte hash of an entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of the node above two others."""
    return sha256(b"\x01" + left + right).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """Return the hashes of many entries, in their order."""
    return [sha256(b"\x00" + entry).digest() for entry in entries]


def parents(level: Sequence[bytes]) -> list[bytes]:
    """Return the nodes above the hashes of one level, two by two; one left over has none yet."""
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]


def subtree_root(hashes: Sequence[bytes]) -> bytes:
    """Return the root over any number of neighbouring hashes of one level.

    Over a full tile's 256 it is the hash one tile level up; over all leaves it is the log's root.
    """
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        above = parents(level)
        # What has no neighbour rises as it is: the largest power of two below n is then on its left.
        level = above + level[-1:] if len(level) % 2 else above
    return level[0]
