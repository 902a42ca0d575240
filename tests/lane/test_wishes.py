"""lane.wishes: which language a browser asks for."""

import pytest

from tocsin.lane.wishes import first_of, spoken_to, wishes


@pytest.mark.parametrize(
    "line, language",
    [
        (b"ar", "ar"),
        (b"AR-eg", "ar"),
        (b"de, es;q=0.3, ar;q=0.4", "ar"),
        (b"es;q=0, ar;q=0.1", "ar"),
        (b"de", "en"),
        (b"*", "en"),
        (b"", "en"),
        (b"\xff;q=;;,", "en"),
        (b"es," * 100, "en"),
    ],
)
def test_the_first_that_is_spoken(line: bytes, language: str) -> None:
    assert spoken_to({b"accept-language": line}) == language


def test_nothing_asked_for() -> None:
    assert wishes({}) == []
    assert first_of([], {"en"}) is None
