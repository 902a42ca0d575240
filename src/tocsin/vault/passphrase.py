"""Passphrases that a person can write down and type again."""

import secrets
import unicodedata
from functools import cache
from importlib import resources

WORDS = 6
MIN_CHARS = 8


class PassphraseTooShortError(ValueError):
    """A passphrase that could be guessed by whoever gets hold of the age file."""


@cache
def word_list() -> tuple[str, ...]:
    """Return the 7,776 words to draw from: the EFF's long list, made to be told apart."""
    return tuple(resources.files("tocsin.vault").joinpath("words.txt").read_text(encoding="ascii").split())


@cache
def _known() -> frozenset[str]:
    return frozenset(word_list())


def six_words() -> str:
    """Return a fresh passphrase of six words: 77 bits, out of reach even for whoever has the age file."""
    return " ".join(secrets.choice(word_list()) for _ in range(WORDS))


def tidy(typed: str) -> str:
    """Return a passphrase in NFC with single spaces, so that it opens however it was typed in.

    Six words of the list are taken in small letters: a telephone, or a careful hand, begins them with a capital.
    """
    words = unicodedata.normalize("NFC", typed).split()
    small = [word.lower() for word in words]
    return " ".join(small if len(words) == WORDS and _known().issuperset(small) else words)


def checked(typed: str) -> str:
    """Return a new passphrase, tidied; raises PassphraseTooShortError."""
    passphrase = tidy(typed)
    if len(passphrase) < MIN_CHARS:
        message = f"a passphrase needs at least {MIN_CHARS} characters; six random words are best"
        raise PassphraseTooShortError(message)
    return passphrase
