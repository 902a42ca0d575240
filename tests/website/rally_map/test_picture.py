"""website.rally_map.picture: light, whole, in the campaign's colour, and under a policy that lets it have one."""

import base64
import gzip
import hashlib
import re
from xml.etree import ElementTree as ET

import pytest

from tocsin.cli.bench.rallies import towns
from tocsin.website.rally_map.outlines import outlines
from tocsin.website.rally_map.picture import HEIGHT, WIDTH, dots, picture, policy, style
from tocsin.website.rally_map.projections import equal_earth, sheet_of

KASSEL, LISBON, TOKYO, HONOLULU = (51.3167, 9.5), (38.7167, -9.1333), (35.67, 139.69), (21.3, -157.85)
MCMURDO = (-77.85, 166.67)
GREEN = "#0b5d3b"
SVG = "{http://www.w3.org/2000/svg}"
PATH = re.compile(r"(M-?\d+ -?\d+l-?\d+( ?-?\d+)+z?)*")


def drawn(*places: tuple[float, float], main: tuple[float, float] | None = None) -> ET.Element:
    return ET.fromstring(picture(places, main=main, accent=GREEN))


def circles(made: ET.Element) -> list[tuple[float, float]]:
    return [(float(one.get("cx", "")), float(one.get("cy", ""))) for one in made.iter(f"{SVG}circle")]


@pytest.mark.parametrize(
    "places", [(KASSEL,), (KASSEL, LISBON), (KASSEL, TOKYO, HONOLULU), (MCMURDO,), ((0.0, 180.0), (0.0, -180.0)), ()]
)
def test_every_rally_is_on_the_sheet(places: tuple[tuple[float, float], ...]) -> None:
    made = drawn(*places)
    found = circles(made)
    assert len(found) == len(places)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in found)
    land, borders = (one.get("d", "") for one in made.iter(f"{SVG}path"))
    assert land
    assert PATH.fullmatch(land)
    assert PATH.fullmatch(borders)


def test_west_is_left_and_north_is_up() -> None:
    (kassel, lisbon), world = circles(drawn(KASSEL, LISBON)), circles(drawn(HONOLULU, TOKYO))
    kassel, lisbon = sorted((kassel, lisbon), reverse=True)
    assert kassel[0] > lisbon[0]
    assert kassel[1] < lisbon[1]
    assert abs(world[0][0] - world[1][0]) > WIDTH / 2


def test_what_lies_close_together_is_one_dot_as_large_as_it_is_many() -> None:
    sheet = sheet_of([KASSEL, TOKYO, HONOLULU], width=WIDTH, height=HEIGHT)
    many, one = dots([KASSEL] * 20 + [TOKYO], sheet)
    assert many[2] > one[2]


def test_the_main_rally_has_a_ring() -> None:
    made = drawn(KASSEL, LISBON, main=KASSEL)
    [ring] = [one for one in made.iter(f"{SVG}circle") if one.get("class") == "m"]
    assert (float(ring.get("cx", "")), float(ring.get("cy", ""))) in circles(drawn(KASSEL, LISBON))


def test_ten_thousand_rallies_are_a_small_picture() -> None:
    places = [(town.latitude, town.longitude) for town in towns(10_000, None)]
    made = picture(places, main=KASSEL, accent=GREEN)
    assert len(gzip.compress(made.encode(), 6)) <= 15_000


def test_its_policy_lets_it_have_its_own_style_and_nothing_else() -> None:
    made = picture([KASSEL], main=None, accent=GREEN)
    [inside] = re.findall("<style>(.*)</style>", made)
    digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
    assert policy(GREEN).split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]
    assert inside == style(GREEN)
    assert "style=" not in made


def test_a_colour_that_is_none_draws_no_markup() -> None:
    assert "<script" not in picture([KASSEL], main=None, accent="</style><script>")


def test_the_earth_is_flat_in_equal_areas() -> None:
    """Corners of Equal Earth as its authors give them: half as high as wide, times 0.48 or so."""
    right, _ = equal_earth(180, 0)
    _, top = equal_earth(0, 90)
    assert (round(right, 4), round(-top, 4)) == (2.7066, 1.3174)


def test_the_outlines_are_whole() -> None:
    found = outlines()
    assert all(ring[0] == ring[-1] for ring in found.land)
    assert all(-180 <= x <= 180 and -90 <= y <= 90 for line in (*found.land, *found.borders) for x, y in line)
    assert len(found.land) > 1_000
    assert len(found.borders) > 300
