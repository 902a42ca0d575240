"""A number looks as readers of a language write it, in digits that every page shares."""

import pytest

from tocsin.kit.numbers import shown


@pytest.mark.parametrize(
    "language, text",
    [("en", "1,234,567"), ("es", "1.234.567"), ("ar", "1,234,567"), ("de", "1.234.567"), ("xx", "1,234,567")],
)
def test_shown(language: str, text: str) -> None:
    assert shown(1_234_567, language) == text


def test_small_numbers_stand_alone() -> None:
    assert [shown(number, "en") for number in (0, 1, 999)] == ["0", "1", "999"]
