"""Numbers as readers of a language write them."""

from functools import cache, lru_cache

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_decimal


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache(maxsize=4096)  # each page of a wave of confirmations says the same five
def shown(number: int, language: str) -> str:
    """Return a whole number with the language's separators, in the digits 0 to 9.

    Latin digits in every language: a number that can be checked should look the same on every
    page that shows it.
    """
    return format_decimal(number, locale=_locale(language))
