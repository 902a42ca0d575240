"""The server's picture of where rallies are: an SVG of a few kilobytes, however many there are."""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import sqrt
from typing import Final

from tocsin.website.colours import by_day, by_night
from tocsin.website.rally_map.outlines import Line, outlines
from tocsin.website.rally_map.projections import Flat, Place, Sheet, sheet_of

WIDTH, HEIGHT = 1000, 480
_CELL: Final = 18.0  # rallies in one cell of this many units are one dot
_LEAST_RADIUS, _MOST_RADIUS = 4.5, 12.0
_FEW: Final = 60  # so few dots are drawn larger
_ICE: Final = -60.0  # degrees: Antarctica is drawn for a rally there alone
_LEAST_STEP: Final = 1.6  # units: a finer coast cannot be seen
_LEAST_RING: Final = 3.0
_OUTSIDE: Final = 40.0  # units beyond the sheet that are still drawn


def picture(places: Sequence[Place], *, main: Place | None, accent: str) -> str:
    """Return the picture as SVG, in the accent by day and by night; `main` is the place of the main rally.

    It holds no words: the page that shows it says what it shows.
    """
    sheet = sheet_of(places or [(20.0, -150.0), (20.0, 150.0)], width=WIDTH, height=HEIGHT)
    south = min((latitude for latitude, _ in places), default=0.0)
    shown = (line for line in outlines().land if south < _ICE or max(latitude for _, latitude in line) > _ICE)
    land = "".join(_path(line, sheet, closes=True) for line in shown)
    borders = "".join(_path(line, sheet, closes=False) for line in outlines().borders)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
        f"<style>{style(accent)}</style>",
        f'<path class="l" d="{land}"/><path class="b" d="{borders}"/><g class="d">',
        *(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius:.1f}"/>' for x, y, radius in dots(places, sheet)),
        "</g>",
    ]
    if main is not None:
        x, y = sheet.project(main[1], main[0])
        parts.append(f'<circle class="m" cx="{x:.0f}" cy="{y:.0f}" r="16"/>')
    return "".join([*parts, "</svg>\n"])


def style(accent: str) -> str:
    """Return the picture's colours as CSS."""
    return _colours("#dfe0dc", "#fff", by_day(accent).text) + (
        f"@media(prefers-color-scheme:dark){{{_colours('#33363c', '#121316', by_night(accent).text)}}}"
    )


def policy(accent: str) -> str:
    """Return the Content-Security-Policy under which the picture may have this style, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style(accent).encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"


def dots(places: Iterable[Place], sheet: Sheet) -> list[tuple[float, float, float]]:
    """Return x, y and radius of each dot, the largest first; what lies close together is one dot."""
    cells: dict[tuple[int, int], list[Flat]] = defaultdict(list)
    for latitude, longitude in places:
        x, y = sheet.project(longitude, latitude)
        cells[int(x // _CELL), int(y // _CELL)].append((x, y))
    least = _LEAST_RADIUS * (1.6 if len(cells) < _FEW else 1)
    found = []
    for flats in cells.values():
        count = len(flats)
        radius = min(_MOST_RADIUS, least * sqrt(1 + (count - 1) / 4))
        found.append((sum(x for x, _ in flats) / count, sum(y for _, y in flats) / count, radius))
    return sorted(found, key=lambda dot: (-dot[2], dot))


def _colours(land: str, paper: str, dot: str) -> str:
    return (
        f".l{{fill:{land}}}.b{{fill:none;stroke:{paper};stroke-width:1.2}}"
        f".d{{fill:{dot};fill-opacity:.88;stroke:{paper};stroke-width:1.5}}"
        f".m{{fill:none;stroke:{dot};stroke-width:3}}"
    )


def _path(line: Line, sheet: Sheet, *, closes: bool) -> str:
    """Return a line as path data in whole units, without what is too small to be seen or lies outside the sheet."""
    flats = [sheet.project(longitude, latitude) for longitude, latitude in line]
    xs, ys = [x for x, _ in flats], [y for _, y in flats]
    if max(xs) < -_OUTSIDE or min(xs) > WIDTH + _OUTSIDE or max(ys) < -_OUTSIDE or min(ys) > HEIGHT + _OUTSIDE:
        return ""
    if closes and max(xs) - min(xs) < _LEAST_RING and max(ys) - min(ys) < _LEAST_RING:
        return ""
    kept = list(_visible(flats))
    (x, y), *rest = kept
    begin = f"M{x} {y}l"
    # The relative form is the shorter one: steps are small.
    steps = []
    for to_x, to_y in rest:
        if (to_x, to_y) != (x, y):
            steps.append(f"{to_x - x} {to_y - y}")
        x, y = to_x, to_y
    if len(steps) < (2 if closes else 1):
        return ""
    return begin + " ".join(steps).replace(" -", "-") + ("z" if closes else "")


def _visible(flats: Sequence[Flat]) -> Iterator[tuple[int, int]]:
    """Yield the points in whole units, but for those a step too small, and those between others on one side outside."""
    last_x, last_y, last = *flats[0], 0
    sides = [_side(flat) for flat in flats]
    for number, (x, y) in enumerate(flats):
        is_end = number in {0, len(flats) - 1}
        is_aside = not is_end and sides[last] & sides[number] & sides[number + 1]
        if is_end or (not is_aside and abs(x - last_x) + abs(y - last_y) >= _LEAST_STEP):
            yield _whole((x, y))
            last_x, last_y, last = x, y, number


def _side(flat: Flat) -> int:
    """Return on which sides of the sheet a point lies outside, a bit each (Cohen and Sutherland's outcodes)."""
    x, y = flat
    return (x < -_OUTSIDE) | (x > WIDTH + _OUTSIDE) << 1 | (y < -_OUTSIDE) << 2 | (y > HEIGHT + _OUTSIDE) << 3


def _whole(flat: Flat) -> tuple[int, int]:
    """Return a point in whole units, one far outside brought nearer: nobody sees where it is exactly."""
    far = 4 * WIDTH
    return round(max(-far, min(far, flat[0]))), round(max(-far, min(far, flat[1])))
