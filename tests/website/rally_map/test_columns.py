"""website.rally_map.columns: the browser's own script reads back what went in, and ten thousand are light."""

import gzip
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

import tocsin.website
from tests.running import node
from tocsin.campaigns.slugs import slug_from
from tocsin.cli.bench.rallies import towns
from tocsin.rallies.queries.points import Point
from tocsin.rallies.states import Access, Attendance, DateState
from tocsin.website.rally_map.columns import ACCESS, ONLINE, columns

POINTS_JS = Path(tocsin.website.__file__).parent / "static" / "website" / "map" / "points.js"
READ = Path(__file__).with_name("read.mjs")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BUDGET = 250_000
ANY = {"when": "coming", "country": "", "how": "", "access": 0}


def point(**changes: Any) -> Point:
    usual: dict[str, Any] = {
        "slug": "kassel",
        "uid": "ab" * 16,
        "title": {},
        "city": "Kassel",
        "country": "DE",
        "latitude": 51.3167,
        "longitude": 9.5,
        "is_approximate": False,
        "starts_at": datetime(2026, 6, 6, 10, tzinfo=UTC),
        "ends_at": datetime(2026, 6, 6, 12, tzinfo=UTC),
        "zone": "Europe/Berlin",
        "state": DateState.STANDS,
        "attendance": Attendance.IN_PERSON,
        "access": (),
        "is_main": False,
        "is_over": False,
        "is_series": False,
    }
    return Point(**(usual | changes))


def read(points: list[Point], *wanted: dict[str, object]) -> dict[str, Any]:
    minutes = int(NOW.timestamp() // 60)
    given = {"made": columns(points), "wanted": wanted, "now": minutes}
    found: dict[str, Any] = node.run(READ, POINTS_JS, given=given)
    return found


def test_the_browser_reads_back_what_went_in() -> None:
    points = [
        point(is_main=True, access=(Access.STEP_FREE, Access.TOILETS)),
        point(slug="kassel-2", title={"en": "Picnic", "de": "Picknick"}, state=DateState.CANCELLED),
        point(slug="sao-paulo", city="São Paulo", country="BR", latitude=-23.55, longitude=-46.6, zone="Brazil/East"),
        point(slug="tianjin", city="天津", country="CN", latitude=39.1422, longitude=117.1767, zone="Asia/Kathmandu"),
        point(slug="kassel-1", latitude=-0.0001, longitude=-180.0, state=DateState.POSTPONED, is_over=True),
        point(slug="kassel-02", is_approximate=True),
        point(slug="kassel-weekly", is_series=True),
    ]  # fmt: skip
    rows = read(points)["rows"]
    assert [(row["address"], row["town"], row["country"]) for row in rows] == [
        (one.slug, one.city, one.country) for one in points
    ]
    assert [(row["lat"], row["lon"]) for row in rows] == [(one.latitude, one.longitude) for one in points]
    assert [row["title"] for row in rows] == [one.title for one in points]
    assert {row["start"] for row in rows} == {points[0].starts_at.timestamp() / 60}
    assert [row["offset"] for row in rows] == [120, 120, -180, 345, 120, 120, 120]
    assert [row["flags"] for row in rows] == [
        16 + 1 + ACCESS["step-free"] + ACCESS["toilets"],
        16 + 4,
        16,
        16,
        16 + 8 + 2,
        16 + 64,
        16 + 4096,
    ]


def test_what_has_no_place_stands_behind_all_others() -> None:
    online = point(slug="online", city="", latitude=None, longitude=None, attendance=Attendance.ONLINE)
    made = read([online, point()])
    assert [(row["address"], row["lat"]) for row in made["rows"]] == [("kassel", 51.3167), ("online", None)]
    assert made["rows"][1]["flags"] == ONLINE


def test_the_specification_shows_what_is_written() -> None:
    page = (Path(__file__).parents[3] / "docs" / "spec" / "points.md").read_text(encoding="utf-8")
    hours = {"starts_at": datetime(2026, 6, 6, 10, tzinfo=UTC), "ends_at": datetime(2026, 6, 6, 11, tzinfo=UTC)}
    online = {"latitude": None, "longitude": None, "attendance": Attendance.ONLINE, "title": {"en": "On screen"}}
    lisbon = {"city": "Lisbon", "country": "PT", "latitude": 38.7167, "longitude": -9.1333, "zone": "Europe/Lisbon"}
    later = {"starts_at": datetime(2026, 6, 6, 11, tzinfo=UTC), "ends_at": datetime(2026, 6, 6, 13, tzinfo=UTC)}
    made = columns(
        [
            point(slug="kassel-2", is_main=True, access=(Access.STEP_FREE,)),
            point(slug="on-screen", city="", **online, **hours),
            point(slug="lisbon", state=DateState.CANCELLED, **lisbon, **later),
        ]
    )
    assert orjson.loads(page.partition("```json\n")[2].partition("```")[0]) == made


def test_filters_choose_by_day_country_way_and_access() -> None:
    later = {"starts_at": NOW + timedelta(days=20), "ends_at": NOW + timedelta(days=20, hours=1)}
    over = {"starts_at": NOW - timedelta(days=2), "ends_at": NOW - timedelta(days=2), "is_over": True}
    now_on = {"starts_at": NOW - timedelta(minutes=30), "ends_at": NOW + timedelta(minutes=30)}
    points = [
        point(access=(Access.SEATING, Access.TOILETS)),
        point(slug="lisbon", city="Lisbon", country="PT", **later),
        point(slug="porto", city="Porto", country="PT", attendance=Attendance.BOTH, access=(Access.SEATING,), **over),
        point(slug="graz", city="Graz", country="AT", attendance=Attendance.BOTH, **now_on),
    ]
    both = ACCESS["seating"] | ACCESS["toilets"]
    asked = (
        ANY,
        ANY | {"when": "1"},
        ANY | {"when": "7"},
        ANY | {"when": "over"},
        ANY | {"country": "PT"},
        ANY | {"how": "online"},
        ANY | {"how": "in-person"},
        ANY | {"access": both},
    )
    assert read(points, *asked)["chosen"] == [[0, 1, 3], [3], [0, 3], [2], [1], [3], [0, 1, 3], [0]]


def test_ten_thousand_rallies_are_within_the_budget() -> None:
    """On one day at many hours, in real towns at made-up corners of them: as random as rallies are."""
    chance = random.Random(5)
    points = [
        point(
            slug=f"{slug_from(town.name)}-{number}",
            city=town.name,
            country=town.country,
            latitude=round(town.latitude + chance.uniform(-0.1, 0.1), 5),
            longitude=round(town.longitude + chance.uniform(-0.1, 0.1), 5),
            zone=town.zone,
            starts_at=NOW + timedelta(minutes=15 * chance.randrange(400)),
            ends_at=NOW + timedelta(days=9),
            access=tuple(chance.sample(list(Access), chance.randrange(5))),
        )
        for number, town in enumerate(sorted(towns(10_000, None), key=lambda one: (one.country, one.name)))
    ]
    assert len(gzip.compress(orjson.dumps(columns(points)), 6)) <= BUDGET


@pytest.mark.parametrize("name", ["country", "town", "slug", "start", "minutes", "offset", "flags"])
def test_all_lists_are_as_long(name: str) -> None:
    assert len(columns([point(), point(slug="online", latitude=None, longitude=None)])[name]) == 2
