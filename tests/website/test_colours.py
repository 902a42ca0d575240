"""Whatever accent a team chooses, everything made of it can be read (WCAG 2.2, 1.4.3)."""

import re
from itertools import product
from pathlib import Path

import pytest

import tocsin.website
from tocsin.website.colours import by_day, by_night, contrast

TOKENS = Path(tocsin.website.__file__).parent / "static" / "website" / "tokens.css"
ENOUGH = 4.5
STEPS = (0, 28, 56, 84, 110, 119, 128, 150, 176, 204, 230, 255)


def grounds(name: str) -> list[str]:
    """Return a ground's colours by day and by night, as the stylesheet has them."""
    found = re.findall(rf"--{name}: #([0-9a-f]{{3}}|[0-9a-f]{{6}});", TOKENS.read_text(encoding="utf-8"))
    return ["#" + ("".join(digit * 2 for digit in colour) if len(colour) == 3 else colour) for colour in found]


def test_every_accent_can_be_read_by_day_and_by_night() -> None:
    paper, wash = grounds("paper"), grounds("wash")
    assert (len(paper), len(wash)) == (2, 2)
    unreadable = [
        accent
        for accent in (f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in product(STEPS, repeat=3))
        for theme, colours in enumerate((by_day(accent), by_night(accent)))
        if min(
            contrast(colours.on_field, colours.field),
            contrast(colours.text, paper[theme]),
            contrast(colours.text, wash[theme]),
        )
        < ENOUGH
    ]
    assert unreadable == []


@pytest.mark.parametrize("accent", ["#006eff", "#777777", "#767676", "#ff00ff", "#ffff00", "#000000", "#ffffff"])
def test_letters_on_the_accent_can_be_read(accent: str) -> None:
    day = by_day(accent)
    assert day.field == accent
    assert contrast(day.on_field, day.field) >= ENOUGH


def test_what_is_no_colour_becomes_the_usual_one() -> None:
    assert by_day("red;}body{display:none").field == by_day("#9a3412").field


def test_contrast_has_the_standards_bounds() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#9a3412", "#9a3412") == pytest.approx(1)
