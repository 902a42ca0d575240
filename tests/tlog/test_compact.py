"""Compact ranges: however a log grows, the same hashes are kept and the same root comes out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog.logs import Log
from tocsin.tlog.compact import CompactRange
from tocsin.tlog.hashing import EMPTY_ROOT, subtree_root

BIG = Log.of(700)


def test_an_empty_range_has_the_empty_root_and_no_hash() -> None:
    empty = CompactRange()

    assert (empty.size, empty.hashes, empty.root()) == (0, [], EMPTY_ROOT)


def test_every_size_has_its_root_when_entries_come_one_by_one() -> None:
    growing = CompactRange()
    for size in range(1, 131):
        growing.append(BIG.leaves[size - 1])

        assert growing.size == size
        assert growing.root() == BIG.root(size)


@given(st.lists(st.integers(0, 40), max_size=17))
def test_pieces_of_any_length_make_the_same_range(pieces: list[int]) -> None:
    in_pieces, at_once = CompactRange(), CompactRange()
    for piece in pieces:
        in_pieces.extend(BIG.leaves[in_pieces.size : in_pieces.size + piece])
    at_once.extend(BIG.leaves[: sum(pieces)])

    assert (in_pieces.size, in_pieces.hashes) == (at_once.size, at_once.hashes)
    assert at_once.root() == subtree_root(BIG.leaves[: sum(pieces)])


def test_eleven_entries_are_kept_as_three_hashes() -> None:
    grown = CompactRange()
    grown.extend(BIG.leaves[:11])

    assert grown.hashes == [subtree_root(BIG.leaves[:8]), subtree_root(BIG.leaves[8:10]), BIG.leaves[10]]


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 700])
def test_a_range_is_taken_up_again_from_its_hashes_or_from_tiles(size: int) -> None:
    whole = CompactRange()
    whole.extend(BIG.leaves[:size])
    again = CompactRange.from_hashes(size, whole.hashes)
    read = CompactRange.from_nodes(size, Log(BIG.entries[:size]).node)

    assert again.root() == read.root() == whole.root() == BIG.root(size)
    assert read.hashes == whole.hashes


def test_whole_subtrees_are_added_where_they_can_begin() -> None:
    by_tiles = CompactRange()
    by_tiles.extend([subtree_root(BIG.leaves[:256]), subtree_root(BIG.leaves[256:512])], level=8)
    by_tiles.extend(BIG.leaves[512:])

    assert by_tiles.size == BIG.size
    assert by_tiles.root() == BIG.root()
    with pytest.raises(ValueError, match="do not end where a subtree of 256 can begin"):
        by_tiles.extend([BIG.leaves[0]], level=8)


def test_a_copy_grows_by_itself() -> None:
    first = CompactRange()
    first.extend(BIG.leaves[:3])
    second = first.copy()
    second.append(BIG.leaves[3])

    assert (first.root(), second.root()) == (BIG.root(3), BIG.root(4))


@pytest.mark.parametrize("size, count", [(3, 1), (3, 3), (0, 1), (4, 0), (-1, 1)])
def test_hashes_that_do_not_fit_a_size_are_refused(size: int, count: int) -> None:
    with pytest.raises(ValueError, match="is kept as"):
        CompactRange.from_hashes(size, [bytes(32)] * count)


def test_a_hash_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        CompactRange.from_hashes(2, [bytes(31)])
