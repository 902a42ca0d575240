"""A second opinion: pymerkle, written by others, over random trees."""

import random

import pytest
from pymerkle import InmemoryTree

from tests.tlog.logs import Log
from tocsin.tlog.compact import CompactRange
from tocsin.tlog.proofs import prove_consistency, prove_inclusion, verify_consistency, verify_inclusion


def compare(seed: int) -> None:
    """Grow one tree in both programs, by random entries, and compare roots, paths and proofs at random places."""
    chance = random.Random(seed)
    entries = [
        chance.randbytes(chance.randint(0, 80)) for _ in range(chance.choice([1, 2, 7, 40, chance.randint(1, 600)]))
    ]
    log, other = Log(entries), InmemoryTree.init_from_entries(entries, algorithm="sha256")
    node, size = log.node, log.size
    mine = CompactRange()
    mine.extend(log.leaves)

    assert mine.root() == CompactRange.from_nodes(size, node).root() == other.get_root(size)
    for index in chance.sample(range(size), min(size, 4)):
        proof = prove_inclusion(index, size, node)
        theirs = other.prove_inclusion(index + 1, size)
        assert theirs.path == [log.leaves[index], *proof]
        verify_inclusion(
            index=index, size=size, leaf=log.leaves[index], proof=theirs.path[1:], root=other.get_root(size)
        )
    for old in chance.sample(range(1, size + 1), min(size, 4)):
        proof = prove_consistency(old, size, node)
        verify_consistency(old=old, size=size, old_root=other.get_root(old), root=other.get_root(size), proof=proof)


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_three_hundred_random_trees_agree(start: int) -> None:
    for seed in range(start, start + 50):
        compare(seed)


@pytest.mark.soak
def test_ten_thousand_random_trees_agree() -> None:
    for seed in range(1000, 11_000):
        compare(seed)
