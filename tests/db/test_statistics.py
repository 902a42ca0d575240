"""db.statistics: PostgreSQL plans by what a table that grew fast is now, not by what it was a minute ago."""

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from tocsin import db
from tocsin.db.statistics import Statistics
from tocsin.tally.models import QueuedEntry

_TABLE = QueuedEntry._meta.db_table  # noqa: SLF001  the table's name is Django's to give
_EMPTY = 0


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def only_us(transactional_db: None) -> Iterator[None]:
    """Let PostgreSQL not look at the table by itself meanwhile, and forget what earlier tests changed in it."""
    if db.is_sqlite():
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{_TABLE}" SET (autovacuum_enabled = off)')
        cursor.execute(f'ANALYZE "{_TABLE}"')
    yield
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{_TABLE}" RESET (autovacuum_enabled)')


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
        return _EMPTY
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::int FROM pg_class WHERE oid = %s::regclass", [_TABLE])
        (known,) = cursor.fetchone()
    return int(known)


def test_a_table_is_looked_at_when_it_has_grown_and_when_it_has_doubled() -> None:
    told = []
    for first, count in [(0, 900), (900, 4_100), (5_000, 1_000), (6_000, 9_000)]:
        grow(first, count)
        Statistics().keep()
        told.append(rows_known())
    assert told == ([_EMPTY] * 4 if db.is_sqlite() else [_EMPTY, 5_000, 5_000, 15_000])


def test_one_through_which_much_passes_rests_in_between() -> None:
    now = [100.0]
    statistics, told = Statistics(clock=lambda: now[0]), []
    for first, count, moment in [(0, 5_000, 100.0), (5_000, 50_000, 109.0), (55_000, 1, 110.0)]:
        grow(first, count)
        now[0] = moment
        statistics.keep()
        told.append(rows_known())
    assert told == ([_EMPTY] * 3 if db.is_sqlite() else [5_000, 5_000, 55_001])


def test_a_table_of_another_owner_is_left_to_them() -> None:
    grow(0, 5_000)
    said: list[str] = []
    with connection.cursor() as cursor:
        if not db.is_sqlite():
            connection.connection.add_notice_handler(lambda notice: said.append(notice.message_primary))
            cursor.execute("CREATE ROLE sam; GRANT SELECT ON ALL TABLES IN SCHEMA public TO sam; SET ROLE sam")
        try:
            Statistics().keep()
        finally:
            if not db.is_sqlite():
                cursor.execute("RESET ROLE; DROP OWNED BY sam; DROP ROLE sam")
    assert (said, rows_known()) == ([], _EMPTY)


def test_what_has_not_changed_is_left_alone(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    Statistics().keep()
    with django_assert_num_queries(0 if db.is_sqlite() else 1):
        Statistics().keep()
