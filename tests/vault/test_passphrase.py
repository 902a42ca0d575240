"""Passphrases: six words from a long list, typed however they are typed."""

import math

import pytest

from tocsin.vault import passphrase as passphrases


def test_six_words_come_from_a_long_list_and_never_repeat() -> None:
    words = passphrases.word_list()
    drawn = {passphrases.six_words() for _ in range(200)}

    assert len(drawn) == 200
    assert all(len(phrase.split()) == 6 and set(phrase.split()) <= set(words) for phrase in drawn)


def test_the_list_gives_six_words_more_than_seventy_bits() -> None:
    words = passphrases.word_list()

    assert len(words) == len(set(words)) == 7776
    assert 6 * math.log2(len(words)) > 77
    assert all(word.isascii() and word == word.lower() and 3 <= len(word) <= 9 for word in words)


@pytest.mark.parametrize(
    "typed", ["lantern  gravel okay", " lantern gravel okay\n", "lantern\tgravel\u00a0okay", "lantern gravel okay"]
)
def test_spaces_do_not_matter(typed: str) -> None:
    assert passphrases.tidy(typed) == "lantern gravel okay"


def test_neither_does_the_way_accents_are_typed() -> None:
    assert passphrases.tidy("cancio\u0301n") == passphrases.tidy("canci\u00f3n")


def test_six_words_of_the_list_open_with_capitals_too() -> None:
    words = passphrases.six_words()

    assert passphrases.tidy(words.title()) == passphrases.tidy(words.upper()) == words
    assert passphrases.tidy(f"{words} More") == f"{words} More"  # somebody's own: as they typed it


def test_case_matters() -> None:
    assert passphrases.tidy("Lantern") != passphrases.tidy("lantern")


def test_a_new_passphrase_has_at_least_eight_characters() -> None:
    assert passphrases.checked(" eight 88 ") == "eight 88"
    with pytest.raises(passphrases.PassphraseTooShortError, match="six random words"):
        passphrases.checked("seven 7")
