"""db.statistics: PostgreSQL plans by what a table that grew fast is now, not by what it was a minute ago."""

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from tocsin import db
from tocsin.db import statistics
from tocsin.db.statistics import keep_statistics
from tocsin.tally.models import QueuedEntry

_TABLE = QueuedEntry._meta.db_table  # noqa: SLF001  the table's name is Django's to give
_UNKNOWN = -1


@pytest.fixture(autouse=True)
def no_rest(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tables be looked at that earlier tests had looked at."""
    monkeypatch.setattr(statistics, "_REST_SECONDS", 0.0)


def grow(first: int, count: int) -> None:
    """Store rows, and let PostgreSQL note at once that there are more: it does so once a second by itself."""
    rows = [(number, 1, 1, b"entry", None) for number in range(first, first + count)]
    with db.transaction():
        db.insert_many(_TABLE, ("id", "campaign", "kind", "entry", "ref"), rows)
    if not db.is_sqlite():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")


def rows_known() -> int:
    """Return how many rows the planner was last told of; SQLite's asks for nothing."""
    if db.is_sqlite():
        return _UNKNOWN
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::int FROM pg_class WHERE oid = %s::regclass", [_TABLE])
        (known,) = cursor.fetchone()
    return int(known)


def test_a_table_is_looked_at_when_it_has_grown_and_when_it_has_doubled() -> None:
    told = []
    for first, count in [(0, 900), (900, 4_100), (5_000, 1_000), (6_000, 9_000)]:
        grow(first, count)
        keep_statistics()
        told.append(rows_known())
    assert told == ([_UNKNOWN] * 4 if db.is_sqlite() else [_UNKNOWN, 5_000, 5_000, 15_000])


def test_one_through_which_much_passes_rests_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    grow(0, 5_000)
    keep_statistics()
    monkeypatch.setattr(statistics, "_REST_SECONDS", 60.0)
    grow(5_000, 50_000)
    keep_statistics()
    assert rows_known() == (_UNKNOWN if db.is_sqlite() else 5_000)


def test_what_has_not_changed_is_left_alone(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    keep_statistics()
    with django_assert_num_queries(0 if db.is_sqlite() else 1):
        keep_statistics()
