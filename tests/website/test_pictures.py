"""What the server draws: the card for link previews, the QR code, the colours."""

from io import BytesIO

import pytest
from PIL import Image

from tocsin.website import pictures


def card(title: str, *, language: str = "en", direction: str = "ltr", percent: int | None = 50) -> Image.Image:
    """Return the card of a campaign as a picture."""
    drawn = pictures.card(
        title=title,
        by="Night Trains Alliance",
        number="8,412",
        words="signed so far",
        percent=percent,
        accent="#14306e",
        language=language,
        direction=direction,
    )
    return Image.open(BytesIO(drawn)).convert("L")


def ink(picture: Image.Image, box: tuple[int, int, int, int]) -> int:
    """Return how many pixels in `box` are letters."""
    return sum(picture.crop(box).histogram()[200:])


def test_the_card_is_as_large_as_previews_want_it() -> None:
    assert card("Bring back the night trains").size == (1200, 630)


def test_arabic_begins_at_the_right() -> None:
    left, right = (0, 120, 500, 400), (700, 120, 1200, 400)
    arabic = card("أعيدوا القطارات", language="ar", direction="rtl")
    assert ink(arabic, right) > ink(arabic, left)
    latin = card("Say No to it")
    assert ink(latin, left) > ink(latin, right)


def test_arabic_letters_join() -> None:
    # Set apart, with a non-joiner between them, the same letters take up more room.
    joined = card("ليل", language="ar", direction="rtl")
    apart = card("ل\u200cي\u200cل", language="ar", direction="rtl")
    assert ink(joined, (0, 100, 1200, 420)) < ink(apart, (0, 100, 1200, 420))


def test_the_bar_shows_the_way_to_the_goal() -> None:
    bar = (70, 572, 1130, 578)
    assert ink(card("Say No", percent=90), bar) > ink(card("Say No", percent=10), bar)


def test_without_a_goal_there_is_no_bar() -> None:
    assert ink(card("Say No", percent=None), (60, 560, 1140, 590)) == 0


@pytest.mark.parametrize(
    "title", ["#include", '"; #panic()', "$ x $", "*bold* _it_ <a> @b", "日本", "x" * 300, "a " * 150]
)
def test_a_title_is_data_and_always_drawn(title: str) -> None:
    assert card(title).size == (1200, 630)


def test_a_qr_code_is_dark_on_white() -> None:
    drawn = pictures.qr_code("https://example.org/en/night-trains/").decode()
    assert drawn.startswith("<svg")
    assert "#fff" in drawn
    assert "style=" not in drawn


def test_a_theme_names_its_campaign_alone() -> None:
    css = pictures.theme_css("night-trains", "#14306e")
    assert css.startswith(".theme-night-trains{--accent:#14306e;")
    assert "prefers-color-scheme:dark" in css
    assert "expression" not in pictures.theme_css("x", "#fff;} body{background:url(//evil)}")
    assert "evil" not in pictures.theme_css("x", "#fff;} body{background:url(//evil)}")
