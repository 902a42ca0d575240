"""Proofs: every one of every small tree holds, and nothing that was changed does."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog.logs import Log, flipped
from tocsin.tlog.hashing import EMPTY_ROOT, HASH_BYTES
from tocsin.tlog.proofs import (
    MAX_SIZE,
    ProofError,
    ProofRefusal,
    prove_consistency,
    prove_inclusion,
    verify_consistency,
    verify_inclusion,
)

LOG = Log.of(600)
ROOTS = [LOG.root(size) for size in range(34)]
SOME = bytes(range(32))


def refusal(check: Callable[[], None]) -> ProofRefusal | None:
    try:
        check()
    except ProofError as error:
        return error.reason
    return None


def included(index: int, size: int, proof: list[bytes], leaf: bytes, root: bytes) -> ProofRefusal | None:
    return refusal(lambda: verify_inclusion(index=index, size=size, leaf=leaf, proof=proof, root=root))


def consistent(old: int, size: int, proof: list[bytes], old_root: bytes, root: bytes) -> ProofRefusal | None:
    return refusal(lambda: verify_consistency(old=old, size=size, old_root=old_root, root=root, proof=proof))


@pytest.mark.parametrize("size", range(1, 34))
def test_every_entry_of_every_tree_is_shown_to_be_in_it_and_nowhere_else(size: int) -> None:
    node = Log(LOG.entries[:size]).node
    for index in range(size):
        proof, leaf = prove_inclusion(index, size, node), LOG.leaves[index]

        assert included(index, size, proof, leaf, ROOTS[size]) is None
        for other in range(size):
            if other != index:
                assert included(other, size, proof, leaf, ROOTS[size]) is not None


@pytest.mark.parametrize("size", range(34))
def test_every_tree_is_shown_to_begin_with_every_smaller_one(size: int) -> None:
    node = Log(LOG.entries[:size]).node
    for old in range(size + 1):
        proof = prove_consistency(old, size, node)

        assert consistent(old, size, proof, ROOTS[old], ROOTS[size]) is None
        if old in {0, size}:
            assert proof == []


@pytest.mark.parametrize("index, size", [(0, 1), (0, 2), (4, 5), (3, 7), (255, 256), (256, 257), (599, 600), (17, 600)])
def test_any_flipped_bit_cut_or_addition_spoils_an_inclusion_proof(index: int, size: int) -> None:
    root, leaf = LOG.root(size), LOG.leaves[index]
    proof = prove_inclusion(index, size, Log(LOG.entries[:size]).node)

    assert included(index, size, proof, leaf, root) is None
    for place in range(len(proof)):
        for bit in range(HASH_BYTES * 8):
            spoiled = [*proof[:place], flipped(proof[place], bit), *proof[place + 1 :]]
            assert included(index, size, spoiled, leaf, root) == ProofRefusal.ROOT
        assert included(index, size, proof[:place] + proof[place + 1 :], leaf, root) == ProofRefusal.TOO_SHORT
    for place in range(len(proof) + 1):
        for extra in (SOME, leaf, root, bytes(32)):
            assert included(index, size, [*proof[:place], extra, *proof[place:]], leaf, root) == ProofRefusal.TOO_LONG
    for bit in range(HASH_BYTES * 8):
        assert included(index, size, proof, flipped(leaf, bit), root) == ProofRefusal.ROOT
        assert included(index, size, proof, leaf, flipped(root, bit)) == ProofRefusal.ROOT


@pytest.mark.parametrize("old, size", [(1, 2), (2, 3), (3, 4), (4, 7), (6, 8), (255, 256), (256, 600), (257, 600)])
def test_any_flipped_bit_cut_or_addition_spoils_a_consistency_proof(old: int, size: int) -> None:
    roots = LOG.root(old), LOG.root(size)
    proof = prove_consistency(old, size, Log(LOG.entries[:size]).node)

    assert consistent(old, size, proof, *roots) is None
    for place in range(len(proof)):
        for bit in range(0, HASH_BYTES * 8, 5):
            spoiled = [*proof[:place], flipped(proof[place], bit), *proof[place + 1 :]]
            assert consistent(old, size, spoiled, *roots) in {ProofRefusal.ROOT, ProofRefusal.OLD_ROOT}
        assert consistent(old, size, proof[:place] + proof[place + 1 :], *roots) == ProofRefusal.TOO_SHORT
    for place in range(len(proof) + 1):
        assert consistent(old, size, [*proof[:place], SOME, *proof[place:]], *roots) == ProofRefusal.TOO_LONG
    for bit in range(0, HASH_BYTES * 8, 5):
        assert consistent(old, size, proof, flipped(roots[0], bit), roots[1]) is not None
        assert consistent(old, size, proof, roots[0], flipped(roots[1], bit)) == ProofRefusal.ROOT


@given(st.integers(2, 33), st.data())
def test_sizes_one_off_are_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size - 1))
    node = Log(LOG.entries[:size]).node
    inclusion, consistency = prove_inclusion(index, size, node), prove_consistency(old, size, node)
    # A proof need not notice a larger size: the root does, since it is signed together with the size.
    for other in (size - 1, size + 1):
        assert included(index, other, inclusion, LOG.leaves[index], LOG.root(other)) is not None
        assert consistent(old, other, consistency, ROOTS[old], LOG.root(other)) is not None
    for other in (old - 1, old + 1):
        assert consistent(other, size, consistency, ROOTS[old], ROOTS[size]) is not None


@given(st.integers(0, 33), st.integers(0, 33))
def test_a_log_that_forgot_or_changed_an_entry_is_not_consistent(old: int, changed: int) -> None:
    size = 33
    forged = Log([b"other" if place == changed else entry for place, entry in enumerate(LOG.entries[:size])])
    proof = prove_consistency(old, size, forged.node)

    is_honest = changed >= old
    assert (consistent(old, size, proof, ROOTS[old], forged.root()) is None) == is_honest


@pytest.mark.parametrize(
    "index, size, reason",
    [
        (-1, 5, ProofRefusal.INDEX_BEYOND_SIZE),
        (5, 5, ProofRefusal.INDEX_BEYOND_SIZE),
        (0, 0, ProofRefusal.INDEX_BEYOND_SIZE),
        (0, -1, ProofRefusal.SIZE_OUT_OF_RANGE),
        (0, MAX_SIZE + 1, ProofRefusal.SIZE_OUT_OF_RANGE),
    ],
)
def test_an_index_outside_the_log_is_refused(index: int, size: int, reason: ProofRefusal) -> None:
    assert included(index, size, [], SOME, SOME) == reason
    with pytest.raises(ProofError, match=reason):
        prove_inclusion(index, size, LOG.node)


@pytest.mark.parametrize(
    "old, size, reason",
    [
        (6, 5, ProofRefusal.SHRUNK),
        (1, 0, ProofRefusal.SHRUNK),
        (-1, 5, ProofRefusal.SIZE_OUT_OF_RANGE),
        (1, MAX_SIZE + 1, ProofRefusal.SIZE_OUT_OF_RANGE),
    ],
)
def test_a_log_does_not_shrink(old: int, size: int, reason: ProofRefusal) -> None:
    assert consistent(old, size, [], SOME, SOME) == reason
    with pytest.raises(ProofError, match=reason):
        prove_consistency(old, size, LOG.node)


def test_from_nothing_an_empty_proof_is_the_right_one() -> None:
    assert consistent(0, 5, [], EMPTY_ROOT, ROOTS[5]) is None
    assert consistent(0, 0, [], EMPTY_ROOT, EMPTY_ROOT) is None
    assert consistent(0, 5, [SOME], EMPTY_ROOT, ROOTS[5]) == ProofRefusal.TOO_LONG
    assert consistent(0, 5, [], SOME, ROOTS[5]) == ProofRefusal.OLD_ROOT
    assert consistent(0, 0, [], EMPTY_ROOT, SOME) == ProofRefusal.ROOT


def test_two_roots_at_one_size_are_a_fork() -> None:
    assert consistent(5, 5, [], ROOTS[5], SOME) == ProofRefusal.ROOT
    assert consistent(5, 5, [SOME], ROOTS[5], ROOTS[5]) == ProofRefusal.TOO_LONG


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_what_is_no_hash_is_refused_everywhere(length: int) -> None:
    odd = bytes(length)
    proof = prove_inclusion(0, 2, Log(LOG.entries[:2]).node)

    assert included(0, 2, [odd], LOG.leaves[0], ROOTS[2]) == ProofRefusal.NO_HASH
    assert included(0, 2, proof, odd, ROOTS[2]) == ProofRefusal.NO_HASH
    assert included(0, 2, proof, LOG.leaves[0], odd) == ProofRefusal.NO_HASH
    assert consistent(1, 2, [odd], ROOTS[1], ROOTS[2]) == ProofRefusal.NO_HASH
    assert consistent(1, 1, [], odd, odd) == ProofRefusal.NO_HASH


def test_a_proof_in_a_log_of_quintillions_is_63_hashes() -> None:
    assert len(prove_inclusion(0, MAX_SIZE, lambda *_: SOME)) == 63
    assert included(MAX_SIZE - 1, MAX_SIZE, [SOME] * 62, SOME, SOME) is not None
