"""cli.bench.baselines: the bare baseline writes rows of the same sizes, each under a key of its own."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tocsin.cli.bench.baselines.rows import Copied, Plan, cell, maker, read_plan, write_plan
from tocsin.cli.bench.baselines.stores import Store
from tocsin.seal.tokens import new_token, to_text, token_hash

PENDING = Copied(
    table="signing_pendingsignature",
    columns=("token_hash", "country", "public_part"),
    rows=((cell(b"k" * 32), "DE", None), (cell(b"k" * 32), "ES", cell(b"shown"))),
    fresh=("token_hash",),
)
QUEUED = Copied("tally_queuedentry", ("id", "entry"), ((5, cell(b"entry")),), ("id",))
SIGNATURE = Copied(
    table="signing_signature",
    columns=("token_hash", "country", "public_part", "seat", "state", "signed_on", "listing"),
    rows=((cell(b"k" * 32), "DE", None, 0, 2, "2026-04-02", None),),
    fresh=(),
)
LISTING = Copied("signing_listing", ("id", "name"), ((1, "Maya"),), ("id",))
SCHEMA = """
CREATE TABLE signing_pendingsignature (token_hash BLOB PRIMARY KEY, country TEXT, public_part BLOB);
CREATE TABLE signing_signature (token_hash BLOB UNIQUE, country, public_part, seat, state, signed_on, listing);
CREATE TABLE signing_listing (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE tally_queuedentry (id INTEGER PRIMARY KEY, entry BLOB);
"""


@pytest.fixture
def database(tmp_path: Path) -> str:
    path = tmp_path / "bare.sqlite3"
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    connection.close()
    return str(path)


def rows(database: str, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    found = connection.execute(query).fetchall()
    connection.close()
    return found


def test_rows_are_copies_in_turn_with_fresh_keys() -> None:
    made = maker(PENDING)(5)
    assert [row[1:] for row in made] == [("DE", None), ("ES", b"shown"), ("DE", None), ("ES", b"shown"), ("DE", None)]
    assert len({row[0] for row in made}) == 5
    assert {len(row[0]) for row in made} == {32}


def test_a_plan_survives_its_file(tmp_path: Path) -> None:
    plan = Plan("confirm", "postgres://x/y", (SIGNATURE, LISTING, QUEUED))
    write_plan(tmp_path / "plan", plan)
    assert read_plan(tmp_path / "plan") == plan


def test_signing_inserts_one_row_of_each_table_for_each_request(database: str) -> None:
    with closing(Store(Plan("sign", database, (PENDING, QUEUED)))) as store:
        store.commit([b"/sign"] * 7)
    assert rows(database, "SELECT count(*), count(DISTINCT token_hash) FROM signing_pendingsignature") == [(7, 7)]
    assert rows(database, "SELECT count(*) FROM tally_queuedentry") == [(7,)]


def test_confirming_moves_the_row_behind_each_token(database: str) -> None:
    shown, quiet, elsewhere = (new_token() for _ in range(3))
    connection = sqlite3.connect(database)
    kept = [(token_hash(shown), "ES", b"shown"), (token_hash(quiet), "DE", None), (token_hash(elsewhere), "FR", None)]
    connection.executemany("INSERT INTO signing_pendingsignature VALUES (?, ?, ?)", kept)
    connection.commit()
    connection.close()
    paths = [f"/c/{to_text(token)}".encode() for token in (shown, quiet)]
    with closing(Store(Plan("confirm", database, (SIGNATURE, LISTING, QUEUED)))) as store:
        store.commit(paths)
    assert rows(database, "SELECT country FROM signing_pendingsignature") == [("FR",)]
    moved = rows(database, "SELECT country, state FROM signing_signature ORDER BY country")
    assert moved == [("DE", 2), ("ES", 2)]
    assert rows(database, "SELECT count(*) FROM signing_listing") == [(1,)]
    assert rows(database, "SELECT count(*) FROM tally_queuedentry") == [(2,)]
