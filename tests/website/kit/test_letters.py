"""Which scripts a kit can be printed in."""

import pytest
import typst

from tocsin.website.kit import letters
from tocsin.website.kit.letters import printable, unprintable


@pytest.mark.parametrize(
    "text", ["Łódź, Ærø", "Đà Nẵng", "Площа Ринок", "Θεσσαλονίκη", "القاهرة", "חיפה", "6:00 – 8:00 · “x”…", ""]
)
def test_the_scripts_of_our_own_fonts_are_always_there(text: str) -> None:
    assert unprintable(text) == set()


def test_a_script_that_no_font_has_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = typst.Fonts(include_system_fonts=False, font_paths=[str(letters.FONTS)])
    monkeypatch.setattr(letters, "fonts", lambda: bare)
    letters.forget()
    try:
        assert unprintable("夜行 train 한국") == {"CJK", "HANGUL"}
        assert unprintable("поїзд") == set()
    finally:
        letters.forget()


def test_pictures_are_no_letters() -> None:
    assert printable("Pyjamas 🛌 tonight ❤️") == "Pyjamas  tonight"
    assert printable("x^2 `*` ~") == "x^2 `*` ~"
    assert unprintable("🛌") == set()
