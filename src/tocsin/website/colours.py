"""A campaign's accent, made readable on paper and in the dark (WCAG 2.2, success criterion 1.4.3)."""

import re
from dataclasses import dataclass

_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
_USUAL = "#9a3412"
_PAPER, _NIGHT = "#ffffff", "#121316"
_INK = "#121316"
_READABLE = 4.6  # the criterion asks for 4.5
_STEPS = 50
# How bright a field of the accent may be at night before it dazzles: a relative luminance.
_BRIGHTEST_AT_NIGHT = 0.16


@dataclass(frozen=True, slots=True)
class Accent:
    """The three accent colours of a theme: a field, what stands on it, and the accent as text."""

    field: str
    on_field: str
    text: str


def by_day(accent: str) -> Accent:
    """Return the colours on white paper."""
    field = _known(accent)
    return Accent(field, _on(field), _towards(field, "#000000", background=_PAPER))


def by_night(accent: str) -> Accent:
    """Return the colours on a dark page: the field no brighter than the eye likes, the text lighter."""
    field = _known(accent)
    for step in range(_STEPS):
        if _luminance(field) <= _BRIGHTEST_AT_NIGHT:
            break
        field = _mixed(_known(accent), "#000000", step / _STEPS)
    return Accent(field, _on(field), _towards(_known(accent), "#ffffff", background=_NIGHT))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, between 1 and 21 (WCAG 2.2, definition)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _known(accent: str) -> str:
    return accent.lower() if _HEX.match(accent) else _USUAL


def _on(field: str) -> str:
    # White has the better of a draw: it is what a poster's letters are cut out of.
    return _PAPER if contrast(field, _PAPER) >= _READABLE else _INK


def _towards(colour: str, end: str, *, background: str) -> str:
    """Return the first step from `colour` to `end` that can be read on `background`."""
    steps = (_mixed(colour, end, step / _STEPS) for step in range(_STEPS + 1))
    return next((shade for shade in steps if contrast(shade, background) >= _READABLE), end)


def _mixed(one: str, other: str, part: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """Return the relative luminance of an sRGB colour (WCAG 2.2, definition)."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  the standard's numbers
