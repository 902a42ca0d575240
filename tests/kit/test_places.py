"""Towns are found by any of their names, near any pin, with the clock that runs there."""

import math
import sqlite3
from contextlib import closing
from threading import Thread
from zoneinfo import ZoneInfo

import pytest

from tocsin.kit import places
from tocsin.kit.places import City

LISBON = 2267057


def _names(found: list[City]) -> list[tuple[str, str, str]]:
    return [(city.name, city.country, city.region) for city in found]


@pytest.mark.parametrize(
    "typed", ["Lisbon", "Lisboa", "LISBOA", "  lisboa ", "لشبونة", "Лісабон", "里斯本", "Lissabon"]
)
def test_a_town_is_found_by_its_name_in_any_script(typed: str) -> None:
    found = places.find_cities(typed)[0]

    assert (found.number, found.country, found.zone) == (LISBON, "PT", "Europe/Lisbon")
    assert places.distance_km(found.latitude, found.longitude, 38.7167, -9.1333) < 5


@pytest.mark.parametrize(
    "typed, name",
    [
        ("東京", "Tokyo"),
        ("São Paulo", "São Paulo"),
        ("Sao Paulo", "São Paulo"),
        ("saopa", "São Paulo"),
        ("Київ", "Kyiv"),
    ],
)
def test_accents_and_spaces_do_not_count(typed: str, name: str) -> None:
    assert places.find_cities(typed)[0].name == name


def test_who_is_called_just_so_comes_first_then_the_biggest() -> None:
    found = places.find_cities("york", limit=20)
    exact = [city for city in found if city.name == "York"]

    assert len(exact) > 1
    assert found.index(exact[-1]) < len(found)
    assert [city.population for city in exact] == sorted((city.population for city in exact), reverse=True)
    assert [city.name for city in places.find_cities("Lond")][:1] == ["London"]
    assert len({city.number for city in found}) == 20


@pytest.mark.parametrize(
    "typed, expected",
    [
        ("Washington, US", ("Washington", "US", "US-DC")),
        ("Springfield, US-IL", ("Springfield", "US", "US-IL")),
        ("springfield, il", ("Springfield", "US", "US-IL")),
        ("Springfield, Massachusetts", ("Springfield", "US", "US-MA")),
        ("Paris, US-TX", ("Paris", "US", "US-TX")),
        ("Paris, France", ("Paris", "FR", "")),
        ("Paris، FR", ("Paris", "FR", "")),
        ("Halle, Sachsen-Anhalt", ("Halle (Saale)", "DE", "DE-ST")),
        ("Halifax, CA-NS", ("Halifax", "CA", "CA-NS")),
        ("Kassel, somewhere", ("Kassel", "DE", "DE-HE")),
    ],
)
def test_what_follows_a_comma_says_where(typed: str, expected: tuple[str, str, str]) -> None:
    assert _names(places.find_cities(typed))[0] == expected


def test_the_country_that_was_chosen_has_the_last_word() -> None:
    assert {city.country for city in places.find_cities("Paris", country="us")} == {"US"}
    assert {city.country for city in places.find_cities("Paris, FR", country="US")} <= {"US"}
    assert places.find_cities("Lisboa", country="ZZ") == []


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "",
            " ",
            ",",
            ",,,",
            "%",
            "_",
            "a%",
            "\0",
            "Lis\0bon",
            "\ud800",
            "\ud800,\udfff",
            "' OR 1=1 --",
            "\U0010ffff",
        ),
        *("x" * 10_000, "é" * 10_000, "," * 10_000, "東" * 10_000, "\u0301" * 10_000, "a, " + "b" * 10_000),
    ],
)
def test_whatever_is_typed_the_answer_is_a_list(typed: str) -> None:
    assert all(isinstance(city, City) for city in places.find_cities(typed))


def test_signs_of_patterns_stand_for_nothing() -> None:
    assert places.find_cities("%") == places.find_cities("_") == places.find_cities("") == []
    assert _names(places.find_cities("L_sbo%")) == []


@pytest.mark.parametrize("limit, expected", [(-1, 0), (0, 0), (3, 3), (10_000, places.MAX_FOUND)])
def test_no_more_are_found_than_asked_for_and_never_too_many(limit: int, expected: int) -> None:
    assert len(places.find_cities("s", limit=limit)) == expected


@pytest.mark.parametrize("number", [0, -1, 1, 1 << 62, 1 << 63, 1 << 200])
def test_a_number_of_no_town_finds_nothing(number: int) -> None:
    assert places.city_numbered(number) is None


def test_a_town_is_found_by_its_number() -> None:
    lisbon = places.city_numbered(LISBON)

    assert lisbon is not None
    assert (lisbon.name, lisbon.country, lisbon.region) == ("Lisbon", "PT", "")


@pytest.mark.parametrize(
    "latitude, longitude, name",
    [
        (51.3167, 9.5, "Kassel"),
        (-17.0, 179.99, "Savusavu"),  # the one town, from both sides of the date line
        (-17.0, -179.99, "Savusavu"),
        (90.0, 0.0, "Longyearbyen"),
        (-90.0, 0.0, "Puerto Williams"),
        (0.0, -180.0, "Rungata"),
    ],
)
def test_the_nearest_town_is_found_from_anywhere(latitude: float, longitude: float, name: str) -> None:
    nearest = places.nearest_city(latitude, longitude)

    assert nearest is not None
    with closing(sqlite3.connect(places.gazetteer_file())) as database:
        towns = database.execute("SELECT latitude, longitude FROM city").fetchall()
    here = places.distance_km(latitude, longitude, nearest.latitude, nearest.longitude)
    assert here == min(places.distance_km(latitude, longitude, *town) for town in towns)
    assert nearest.name == name


@pytest.mark.parametrize("pin", [(91.0, 0.0), (0.0, 181.0), (math.nan, 0.0), (0.0, math.nan), (math.inf, -math.inf)])
def test_what_is_no_place_on_earth_has_no_town_and_no_clock(pin: tuple[float, float]) -> None:
    assert places.nearest_city(*pin) is None
    assert places.zone_at(*pin) == ""


@pytest.mark.parametrize(
    "pin, zone",
    [
        ((38.7167, -9.1333), "Europe/Lisbon"),
        ((51.3167, 9.5), "Europe/Berlin"),
        ((27.7, 85.32), "Asia/Kathmandu"),
        ((30.0, -40.0), "Etc/GMT+3"),
        ((-90.0, 0.0), "Antarctica/McMurdo"),
    ],
)
def test_the_clock_of_a_place_is_known(pin: tuple[float, float], zone: str) -> None:
    assert places.zone_at(*pin) == zone


def test_every_town_has_a_clock_that_this_machine_knows() -> None:
    places.prepare()
    with closing(sqlite3.connect(places.gazetteer_file())) as database:
        zones = {zone for (zone,) in database.execute("SELECT DISTINCT zone FROM city")}
        one_of_each = [
            number for (number,) in database.execute("SELECT min(number) FROM city GROUP BY zone ORDER BY zone")
        ]

    assert len(zones) > 300
    assert all(ZoneInfo(city.zone) for number in one_of_each if (city := places.city_numbered(number)))


def test_a_clock_that_this_machine_does_not_know_is_found_anew_by_the_place() -> None:
    lisbon = places.city_numbered(LISBON)
    assert lisbon is not None

    assert places._mended(lisbon._replace(zone="Europe/Atlantis")).zone == "Europe/Lisbon"  # noqa: SLF001  no file has such a zone


@pytest.mark.parametrize(
    "pin, shown", [((51.3167, 9.4999), (51.3, 9.5)), ((-0.04, -0.01), (0.0, 0.0)), ((89.99, -179.99), (90.0, -180.0))]
)
def test_a_private_place_is_shown_to_ten_kilometres(pin: tuple[float, float], shown: tuple[float, float]) -> None:
    assert places.rounded(*pin) == shown
    assert "-0.0" not in str(places.rounded(-0.04, -0.01))


def test_distances_are_those_on_the_ground() -> None:
    assert places.distance_km(0, 0, 0, 0) == 0
    assert round(places.distance_km(0, 0, 0, 1), 1) == 111.2
    assert round(places.distance_km(0, 179.5, 0, -179.5), 1) == 111.2
    assert round(places.distance_km(90, 0, -90, 0)) == 20015
    assert round(places.distance_km(51.5074, -0.1278, 48.8566, 2.3522)) == 344  # London and Paris


def test_threads_ask_at_once() -> None:
    answers: list[str] = []
    threads = [Thread(target=lambda: answers.append(places.find_cities("Lisboa")[0].name)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == ["Lisbon"] * 8
