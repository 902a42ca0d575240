"""What changed, word by word, as data."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.hanging import no_hang
from tocsin.campaigns.differences import Change, Piece, differences

_texts = st.text(st.sampled_from("ab .\n<>é"), max_size=60)


@given(_texts, _texts)
def test_nothing_is_lost_on_either_side(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert "".join(piece.text for piece in pieces if piece.change != Change.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.change != Change.REMOVED) == after
    assert all(piece.text for piece in pieces)
    assert all(one.change != other.change for one, other in pairwise(pieces))


def test_a_changed_word_is_marked_and_its_neighbours_are_not() -> None:
    assert differences("We ask for clean rivers.", "We ask for clean lakes.") == (
        Piece(Change.SAME, "We ask for clean "),
        Piece(Change.REMOVED, "rivers"),
        Piece(Change.ADDED, "lakes"),
        Piece(Change.SAME, "."),
    )


def test_the_same_text_has_one_piece_and_none_has_none() -> None:
    assert differences("same\n", "same\n") == (Piece(Change.SAME, "same\n"),)
    assert differences("", "") == ()


def test_two_long_texts_without_a_line_in_common_are_compared_in_time() -> None:
    before = " ".join(f"word{number % 700}" for number in range(7_000))
    after = " ".join(f"word{number * 7 % 900}" for number in range(7_000))
    with no_hang():
        differences(before, after)
