"""Languages: which are known, and which way they run."""

import pytest

from tocsin.campaigns.languages import is_known, language_of_text_direction, spoken
from tocsin.campaigns.slugs import RESERVED, is_slug


@pytest.mark.parametrize(
    "code,direction", [("ar", "rtl"), ("ar-dz", "rtl"), ("he", "rtl"), ("en", "ltr"), ("es", "ltr")]
)
def test_direction(code: str, direction: str) -> None:
    assert language_of_text_direction(code) == direction


@pytest.mark.parametrize(
    "code,language", [("en", "en"), ("ar", "ar"), ("es-mx", "es-mx"), ("ar-dz", "ar-dz"), ("uk", "en"), ("pt-br", "en")]
)
def test_where_nobody_translated_the_programs_words_they_are_english(code: str, language: str) -> None:
    assert spoken(code) == language


@pytest.mark.parametrize("code", ["EN", "xx", "", "english", "en_GB"])
def test_what_is_no_language(code: str) -> None:
    assert not is_known(code)


@pytest.mark.parametrize("code", ["en", "es", "ar", "uk", "pt-br"])
def test_what_is_one(code: str) -> None:
    assert is_known(code)


def test_every_reserved_word_could_be_typed_as_an_address() -> None:
    assert all(map(is_slug, RESERVED))
