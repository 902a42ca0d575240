"""Make the world's outlines from Natural Earth's: `python docs/outline.py countries-50m.json` (docs/vendored.md).

Reads the TopoJSON of npm's world-atlas and writes one small file that both maps are drawn from: the server's
picture and the map in the browser. docs/decisions/0035 says why.
"""

import heapq
import json
import sys
from collections import Counter
from math import cos, radians
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src/tocsin/website/static/website/map/world.json"
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
STEPS = 50  # to a degree: 2 km
LEAST_AREA = 0.0065  # square degrees that a bend must take up to be kept
MOST_ARGUMENTS = 2
HALF = 180.0  # degrees around the world

Point = tuple[float, float]


def main(source: Path, target: Path) -> None:
    """Convert."""
    topology = json.loads(source.read_text(encoding="utf-8"))
    # A coast and a border that meet keep meeting: each piece between two such points is simplified by itself, once.
    arcs = [simplified(arc) for arc in decoded(topology)]
    uses: Counter[int] = Counter()
    for country in topology["objects"]["countries"]["geometries"]:
        uses.update({place if place >= 0 else ~place for ring in rings_of(country) for place in ring})
    [land] = topology["objects"]["land"]["geometries"]
    rings = [ring for places in rings_of(land) for ring in cut(joined(arcs, places))]
    borders = [arcs[place] for place, count in sorted(uses.items()) if count > 1]
    made = {
        "from": "Natural Earth, public domain, by way of world-atlas 2.0.2",
        "steps": STEPS,
        "land": " ".join(encoded(ring) for ring in rings),
        "borders": " ".join(encoded(line) for line in borders),
    }
    target.write_text(json.dumps(made, separators=(",", ":")) + "\n", encoding="utf-8")


def decoded(topology: dict) -> list[list[Point]]:
    """Return the arcs in degrees (TopoJSON, section 2.1.3: quantised and delta-coded)."""
    (scale_x, scale_y), (origin_x, origin_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        arc = []
        for step_x, step_y in steps:
            x, y = x + step_x, y + step_y
            arc.append((x * scale_x + origin_x, y * scale_y + origin_y))
        arcs.append(arc)
    return arcs


def rings_of(geometry: dict) -> list[list[int]]:
    """Return all rings of a geometry, each a list of arcs; a negative one runs backwards."""
    if geometry["type"] == "GeometryCollection":
        return [ring for one in geometry["geometries"] for ring in rings_of(one)]
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return [ring for polygon in polygons for ring in polygon]


def joined(arcs: list[list[Point]], places: list[int]) -> list[Point]:
    """Return arcs one behind the other, going on past 180 degrees instead of around the world; closed over a pole."""
    ring: list[Point] = []
    for place in places:
        arc = arcs[place] if place >= 0 else arcs[~place][::-1]
        for x, y in arc[1 if ring else 0 :]:
            turn = round((x - ring[-1][0]) / 360) * 360 if ring else 0
            ring.append((x - turn, y))
    (first_x, first_y), (last_x, _) = ring[0], ring[-1]
    if abs(last_x - first_x) > HALF:
        ring += [(last_x, -90.0), (first_x, -90.0), (first_x, first_y)]
    return ring


def cut(ring: list[Point]) -> list[list[Point]]:
    """Return the parts of a ring between 180 degrees west and east (Sutherland and Hodgman, 1974)."""
    found = []
    for turn in (-360, 0, 360):
        part = [(x + turn, y) for x, y in ring]
        for limit, sign in ((-HALF, 1), (HALF, -1)):
            part = beyond(part, limit, sign)
        if len({(round(x * STEPS), round(y * STEPS)) for x, y in part}) > 2:  # noqa: PLR2004  a triangle at least
            found.append([*part, part[0]])
    return found


def beyond(ring: list[Point], limit: float, sign: int) -> list[Point]:
    """Return the part of a ring where sign * (x - limit) is nought or more."""
    kept: list[Point] = []
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        is_in, is_next_in = sign * (x1 - limit) >= 0, sign * (x2 - limit) >= 0
        if is_in:
            kept.append((x1, y1))
        if is_in != is_next_in:
            kept.append((limit, y1 + (y2 - y1) * (limit - x1) / (x2 - x1)))
    return kept


def simplified(arc: list[Point]) -> list[Point]:
    """Leave out the bends that take up least area, the smallest first (Visvalingam and Whyatt, 1993).

    The ends stay, and of a closed arc two more points, so that an island stays an island.
    """
    least = 4 if arc[0] == arc[-1] else 2
    before = list(range(-1, len(arc) - 1))
    after = list(range(1, len(arc) + 1))
    areas = [(area(arc, place - 1, place, place + 1), place) for place in range(1, len(arc) - 1)]
    current = {place: size for size, place in areas}
    heapq.heapify(areas)
    while areas and len(current) + 2 > least:
        size, place = heapq.heappop(areas)
        if size > LEAST_AREA:
            break
        if current.get(place) != size:
            continue
        del current[place]
        left, right = before[place], after[place]
        after[left], before[right] = right, left
        for one in (left, right):
            if one in current:
                current[one] = max(size, area(arc, before[one], one, after[one]))
                heapq.heappush(areas, (current[one], one))
    return [arc[0], *(arc[place] for place in sorted(current)), arc[-1]]


def area(arc: list[Point], left: int, place: int, right: int) -> float:
    """Return the area of the triangle of three points, in square degrees as they look on the ground."""
    (x1, y1), (x2, y2), (x3, y3) = arc[left], arc[place], arc[right]
    return abs((x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1)) / 2 * cos(radians(y2))


def encoded(arc: list[Point]) -> str:
    """Return the steps from point to point, the first one from nought, five bits a digit, the lowest first."""
    x = y = 0
    words = []
    for lon, lat in arc:
        to_x, to_y = round(lon * STEPS), round(lat * STEPS)
        if words and (to_x, to_y) == (x, y):
            continue
        words += [digits(to_x - x), digits(to_y - y)]
        x, y = to_x, to_y
    return "".join(words)


def digits(number: int) -> str:
    """Return a whole number in digits of five bits, with the sign in the lowest (as protocol buffers' zigzag)."""
    rest = number << 1 if number >= 0 else (~number << 1) | 1
    found = ""
    while True:
        rest, low = rest >> 5, rest & 31
        found += DIGITS[low | 32 if rest else low]
        if not rest:
            return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > MOST_ARGUMENTS else TARGET)
