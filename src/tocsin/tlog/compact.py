"""A compact range: all that must be kept of a log's entries to append more and to know its root.

A log of 11 = 1011₂ entries is kept as three hashes: those of its first 8, its next 2, its last one.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Self

from tocsin.tlog.hashing import EMPTY_ROOT, HASH_BYTES, node_hash, parents

Node = Callable[[int, int], bytes]
"""Reads the hash of a complete subtree: level (0 for leaves, h for 2ʰ of them), place in the level."""


class CompactRange:
    """The roots of the complete subtrees that a log's entries fall into, largest first."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        # By level, so that nothing must be counted when two peaks merge.
        self._peaks: dict[int, bytes] = {}

    @classmethod
    def from_hashes(cls, size: int, hashes: Sequence[bytes]) -> Self:
        """Return the range of a log of `size` entries; raises ValueError unless `hashes` fit it."""
        levels = _levels(size)
        if size < 0 or len(hashes) != len(levels) or any(len(peak) != HASH_BYTES for peak in hashes):
            message = f"a log of {size} entries is kept as {len(levels)} hashes of {HASH_BYTES} bytes"
            raise ValueError(message)
        made = cls()
        made.size = size
        made._peaks = dict(zip(levels, hashes, strict=True))
        return made

    @classmethod
    def from_nodes(cls, size: int, node: Node) -> Self:
        """Return the range of the first `size` entries of a log whose nodes can be read."""
        return cls.from_hashes(size, [node(level, (size >> level) - 1) for level in _levels(size)])

    @property
    def hashes(self) -> list[bytes]:
        """The range's hashes, 32 bytes each, largest subtree first."""
        return [self._peaks[level] for level in _levels(self.size)]

    def append(self, leaf: bytes) -> None:
        """Add one entry by its leaf hash."""
        self.extend([leaf])

    def extend(self, hashes: Iterable[bytes], *, level: int = 0) -> None:
        """Add many leaf hashes, or the roots of subtrees of 2^level entries each.

        Raises ValueError when the log's size is not a multiple of 2^level: subtrees stand side by side.
        """
        if self.size % (1 << level):
            message = f"{self.size} entries do not end where a subtree of {1 << level} can begin"
            raise ValueError(message)
        here = list(hashes)
        size = self.size + (len(here) << level)
        # Whole levels at a time, because a log of a million is rebuilt through here.
        while here:
            if level in self._peaks:
                here.insert(0, self._peaks.pop(level))
            above = parents(here)
            if len(here) % 2:
                self._peaks[level] = here[-1]
            here, level = above, level + 1
        self.size = size

    def root(self) -> bytes:
        """Return the root of the tree over all entries so far."""
        if not self.size:
            return EMPTY_ROOT
        # Smallest first: each peak is the left neighbour of all that is right of it.
        *left, root = self.hashes
        for peak in reversed(left):
            root = node_hash(peak, root)
        return root

    def copy(self) -> Self:
        """Return a range that grows without this one."""
        return self.from_hashes(self.size, self.hashes)


def _levels(size: int) -> list[int]:
    """Return the set bits of `size`, highest first."""
    return [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]
