"""Proofs that an entry is in a tree, and that one tree grew out of another (RFC 6962, 2.1.1 and 2.1.2).

Prove and verify share one descent from the root, `_descent`, so they cannot disagree about which
hashes a proof holds. A proof is that descent's siblings, from the bottom up.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

from tocsin.tlog.compact import Node
from tocsin.tlog.hashing import EMPTY_ROOT, HASH_BYTES, node_hash

MAX_SIZE = 2**63 - 1
"""The most entries a log may state: more is a mistake or an attack, never a log."""


class ProofRefusal(StrEnum):
    """Why a proof proves nothing."""

    INDEX_BEYOND_SIZE = "index-beyond-size"
    SHRUNK = "shrunk"
    SIZE_OUT_OF_RANGE = "size-out-of-range"
    NO_HASH = "no-hash"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    OLD_ROOT = "old-root"
    ROOT = "root"


class ProofError(ValueError):
    """A proof was refused; `reason` says why."""

    def __init__(self, reason: ProofRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class _Sibling(NamedTuple):
    """A range of entries beside the way from the root to a target."""

    begin: int
    end: int
    is_left: bool


def prove_inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """Return the proof that entry `index` is in the tree of `size` entries: PATH(m, D[n])."""
    _check_index(index, size)
    return [_range_root(beside.begin, beside.end, node) for beside in _way_to_entry(index, size)]


def verify_inclusion(*, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ProofError unless `proof` shows `leaf`, a leaf hash, at `index` under `root`."""
    _check_index(index, size)
    _check_hashes(leaf, root, *proof)
    way = _way_to_entry(index, size)
    _check_length(len(proof), len(way))
    there = leaf
    for beside, sibling in zip(way, proof, strict=True):
        there = node_hash(sibling, there) if beside.is_left else node_hash(there, sibling)
    if there != root:
        raise ProofError(ProofRefusal.ROOT)


def prove_consistency(old: int, size: int, node: Node) -> list[bytes]:
    """Return the proof that the tree of `size` entries begins with that of `old`: PROOF(m, D[n]).

    It is empty when the trees are equal, and when the old one has no entry (c2sp.org/tlog-witness).
    """
    _check_growth(old, size)
    if not old:
        return []
    way, begin = _way_to_edge(old, size)
    seed = [_range_root(begin, old, node)] if begin else []
    return seed + [_range_root(beside.begin, beside.end, node) for beside in way]


def verify_consistency(*, old: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ProofError unless `proof` shows that the tree under `root` begins with that under `old_root`."""
    _check_growth(old, size)
    _check_hashes(old_root, root, *proof)
    if not old:
        _check_length(len(proof), 0)
        _check_root(old_root, EMPTY_ROOT, ProofRefusal.OLD_ROOT)
        if not size:
            _check_root(root, EMPTY_ROOT, ProofRefusal.ROOT)
        return
    way, begin = _way_to_edge(old, size)
    # When the old tree is one complete subtree, its own root is the seed and is not repeated.
    seed = 1 if begin else 0
    _check_length(len(proof), seed + len(way))
    before = after = proof[0] if seed else old_root
    for beside, sibling in zip(way, proof[seed:], strict=True):
        if beside.is_left:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
        else:
            after = node_hash(after, sibling)
    _check_root(before, old_root, ProofRefusal.OLD_ROOT)
    _check_root(after, root, ProofRefusal.ROOT)


def _way_to_entry(index: int, size: int) -> list[_Sibling]:
    way, _, _ = _descent(index, size, lambda begin, end: end - begin == 1)
    return way


def _way_to_edge(old: int, size: int) -> tuple[list[_Sibling], int]:
    """Return the way to the subtree that ends the old tree, and where that subtree begins."""
    way, begin, _ = _descent(old - 1, size, lambda _, end: end == old)
    return way, begin


def _descent(index: int, size: int, is_there: Callable[[int, int], bool]) -> tuple[list[_Sibling], int, int]:
    """Walk from the root towards `index`; return the siblings passed, lowest first, and the range reached."""
    siblings, begin, end = [], 0, size
    while not is_there(begin, end):
        split = begin + (1 << (end - begin - 1).bit_length() - 1)
        if index < split:
            siblings.append(_Sibling(split, end, is_left=False))
            end = split
        else:
            siblings.append(_Sibling(begin, split, is_left=True))
            begin = split
    return siblings[::-1], begin, end


def _range_root(begin: int, end: int, node: Node) -> bytes:
    """Return MTH(D[begin:end]) for a range that a descent passes: complete, or at the log's end."""
    width = end - begin
    level = width.bit_length() - 1
    if width == 1 << level:
        return node(level, begin >> level)
    split = begin + (1 << level)
    return node_hash(node(level, begin >> level), _range_root(split, end, node))


def _check_index(index: int, size: int) -> None:
    _check_size(size)
    if not 0 <= index < size:
        raise ProofError(ProofRefusal.INDEX_BEYOND_SIZE)


def _check_growth(old: int, size: int) -> None:
    _check_size(old)
    _check_size(size)
    if old > size:
        raise ProofError(ProofRefusal.SHRUNK)


def _check_size(size: int) -> None:
    if not 0 <= size <= MAX_SIZE:
        raise ProofError(ProofRefusal.SIZE_OUT_OF_RANGE)


def _check_hashes(*hashes: bytes) -> None:
    if any(len(one) != HASH_BYTES for one in hashes):
        raise ProofError(ProofRefusal.NO_HASH)


def _check_length(length: int, right: int) -> None:
    if length != right:
        raise ProofError(ProofRefusal.TOO_SHORT if length < right else ProofRefusal.TOO_LONG)


def _check_root(computed: bytes, stated: bytes, refusal: ProofRefusal) -> None:
    if computed != stated:
        raise ProofError(refusal)
