"""The world's outlines, as docs/outline.py made them from Natural Earth's: one small file for browser and server."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson

_FILE = Path(__file__).parents[1] / "static" / "website" / "map" / "world.json"
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_MORE, _LOW, _BITS = 32, 31, 5  # a digit holds five bits, and says whether another follows

Line = tuple[tuple[float, float], ...]  # longitude and latitude in degrees


@dataclass(frozen=True, slots=True)
class Outlines:
    """Closed rings of land, and lines between countries."""

    land: tuple[Line, ...]
    borders: tuple[Line, ...]


@cache
def outlines() -> Outlines:
    """Return the outlines; read once a process."""
    made = orjson.loads(_FILE.read_bytes())
    land, borders = (
        tuple(_decoded(words, made["steps"]) for words in made[name].split(" ")) for name in ("land", "borders")
    )
    return Outlines(land, borders)


def _decoded(words: str, steps: int) -> Line:
    numbers: list[int] = []
    number = shift = 0
    for digit in words:
        value = _VALUES[digit]
        number |= (value & _LOW) << shift
        shift += _BITS
        if not value & _MORE:
            numbers.append(~(number >> 1) if number & 1 else number >> 1)
            number = shift = 0
    x = y = 0
    points = []
    for step_x, step_y in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + step_x, y + step_y
        points.append((x / steps, y / steps))
    return tuple(points)
