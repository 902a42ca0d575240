"""One slip of a finger: a letter missing, extra, wrong, or two swapped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.kit.edits import is_one_edit

WORDS = st.text(alphabet="abc", max_size=6)


def all_slips(word: str) -> set[str]:
    places = range(len(word) + 1)
    missing = {word[:p] + word[p + 1 :] for p in places[:-1]}
    extra = {word[:p] + c + word[p:] for p in places for c in "abc"}
    wrong = {word[:p] + c + word[p + 1 :] for p in places[:-1] for c in "abc"}
    swapped = {word[:p] + word[p + 1] + word[p] + word[p + 2 :] for p in places[:-2]}
    return (missing | extra | wrong | swapped) - {word}


@given(WORDS, WORDS)
def test_it_is_one_slip_exactly_when_a_slip_makes_it(typed: str, meant: str) -> None:
    assert is_one_edit(typed, meant) == (typed in all_slips(meant))


@given(WORDS)
def test_every_slip_is_seen(word: str) -> None:
    assert all(is_one_edit(slip, word) for slip in all_slips(word))


@pytest.mark.parametrize("typed, meant", [("gmail", "gmail"), ("gm", "gmail"), ("lamig", "gmail"), ("mgali", "gmail")])
def test_none_and_two_slips_are_not_one(typed: str, meant: str) -> None:
    assert not is_one_edit(typed, meant)
