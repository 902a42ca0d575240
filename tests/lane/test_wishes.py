"""lane.wishes: which language a browser asks for."""

import pytest

from tocsin.lane.wishes import first_of, spoken_to, wishes


@pytest.mark.parametrize(
    "line, language",
    [
        ("ar", "ar"),
        ("AR-eg", "ar"),
        ("de, es;q=0.3, ar;q=0.4", "ar"),
        ("es;q=0, ar;q=0.1", "ar"),
        ("de", "en"),
        ("*", "en"),
        ("", "en"),
        ("\xff;q=;;,", "en"),
        ("es," * 100, "en"),
    ],
)
def test_the_first_that_is_spoken(line: str, language: str) -> None:
    assert spoken_to({"accept-language": line}) == language


def test_nothing_asked_for() -> None:
    assert wishes({}) == []
    assert first_of([], {"en"}) is None
