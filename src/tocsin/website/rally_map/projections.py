"""How the round earth is laid flat in the server's picture. Pure; degrees in, units of a flat sheet out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

Place = tuple[float, float]  # latitude and longitude, degrees
Flat = tuple[float, float]  # x to the east, y to the south
Project = Callable[[float, float], Flat]  # longitude, latitude

# Above so many degrees of longitude a picture shows the whole world.
_WIDE = 140.0
# The whole world, without the ice at its ends, unless there is a rally.
_SOUTH, _NORTH = -56.0, 81.0
# A picture of one town is drawn as if there were others around it.
_LEAST_DEGREES = 7.0
_MARGIN = 0.09  # of the sheet, on each side


@dataclass(frozen=True, slots=True)
class Sheet:
    """A part of the earth on a sheet of `width` by `height` units."""

    width: int
    height: int
    project: Project  # to units of the sheet


def sheet_of(places: Sequence[Place], *, width: int, height: int) -> Sheet:
    """Return the sheet that shows all places: the world, or a part of it when they lie in one."""
    latitudes, longitudes = [one[0] for one in places], [one[1] for one in places]
    south, north, west, east = min(latitudes), max(latitudes), min(longitudes), max(longitudes)
    if east - west > _WIDE:
        box = -180.0, min(_SOUTH, south - 3), 180.0, max(_NORTH, north + 3)
        return _fitted(equal_earth, box, width, height, margin=0.01)
    middle = (south + north) / 2
    least_wide = _LEAST_DEGREES / max(0.2, cos(radians(middle)))
    west, east = _at_least(west, east, least_wide)
    south, north = _at_least(south, north, _LEAST_DEGREES * height / width)
    narrowing = cos(radians(middle))
    return _fitted(lambda x, y: (x * narrowing, -y), (west, south, east, north), width, height, margin=_MARGIN)


def equal_earth(longitude: float, latitude: float) -> Flat:
    """Return a place on the whole world, no country larger than it is (Šavrič, Patterson and Jenny, 2018)."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    t = asin(sqrt(3) / 2 * sin(radians(latitude)))
    t2 = t * t
    t6 = t2 * t2 * t2
    x = radians(longitude) * cos(t) / (sqrt(3) / 2 * (a1 + 3 * a2 * t2 + t6 * (7 * a3 + 9 * a4 * t2)))
    return x, -t * (a1 + a2 * t2 + t6 * (a3 + a4 * t2))


def _at_least(low: float, high: float, least: float) -> tuple[float, float]:
    missing = max(0.0, least - (high - low)) / 2
    return low - missing, high + missing


def _fitted(
    project: Project, box: tuple[float, float, float, float], width: int, height: int, *, margin: float
) -> Sheet:
    """Scale a projection so that the box of west, south, east and north lies in the middle of the sheet."""
    west, south, east, north = box
    widest = min(max(south, 0.0), north)
    corners = [project(longitude, latitude) for longitude in (west, east) for latitude in (south, widest, north)]
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    top, bottom = min(y for _, y in corners), max(y for _, y in corners)
    room = 1 - 2 * margin
    scale = min(width * room / (right - left), height * room / (bottom - top))
    shift_x, shift_y = width / 2 - scale * (left + right) / 2, height / 2 - scale * (top + bottom) / 2

    def to_sheet(longitude: float, latitude: float) -> Flat:
        x, y = project(longitude, latitude)
        return x * scale + shift_x, y * scale + shift_y

    return Sheet(width, height, to_sheet)
