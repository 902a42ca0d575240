"""A campaign's accent, made readable on paper and in the dark (WCAG 2.2, success criterion 1.4.3)."""

import colorsys
import re
from dataclasses import dataclass

_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
_USUAL = "#9a3412"
_PAPER, _WASH, _DUSK = "#ffffff", "#f1f1ee", "#1d1f23"  # as in tokens.css: the lightest and darkest grounds it meets
_INK, _BLACK = "#121316", "#000000"
_READABLE = 5.0  # the criterion asks for 4.5
_ENOUGH = 4.5
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Accent:
    """The three accent colours of a theme: a field, what stands on it, and the accent as text."""

    field: str
    on_field: str
    text: str


def by_day(accent: str) -> Accent:
    """Return the colours on white paper, and on the wash of its boxes."""
    field = _known(accent)
    return Accent(field, _on(field), _readable(field, darker=True, on=_WASH))


def by_night(accent: str) -> Accent:
    """Return the colours on a dark page.

    A field that carries white letters is dark enough to stay. A bright one would dazzle, so it
    changes places with its letters: they take the accent, on a field hardly lighter than the page.
    """
    known = _known(accent)
    text = _readable(known, darker=False, on=_DUSK)
    if _on(known) == _PAPER:
        return Accent(known, _PAPER, text)
    return Accent(_DUSK, text, text)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, between 1 and 21 (WCAG 2.2, definition)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _known(accent: str) -> str:
    return accent.lower() if _HEX.match(accent) else _USUAL


def _on(field: str) -> str:
    # White has the better of a draw: it is what a poster's letters are cut out of.
    if contrast(field, _PAPER) >= _ENOUGH:
        return _PAPER
    # Between white and ink lies a band, bright blue in it, that only black letters can be read on.
    return _INK if contrast(field, _INK) >= _ENOUGH else _BLACK


def _readable(colour: str, *, darker: bool, on: str) -> str:
    """Return the nearest shade of the same hue that can be read on the background `on`."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in _channels(colour)))
    for step in range(_STEPS):
        part = step / _STEPS
        shade = lightness * (1 - part) if darker else lightness + (1 - lightness) * part
        red, green, blue = colorsys.hls_to_rgb(hue, shade, saturation)
        found = f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
        if contrast(found, on) >= _READABLE:
            return found
    return "#000000" if darker else "#ffffff"


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """Return the relative luminance of an sRGB colour (WCAG 2.2, definition)."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  the standard's numbers
