"""Nothing in the tables of signatures counts up with the order in which people signed."""

import pytest
from django.db import connection

from tocsin.db import is_sqlite
from tocsin.signing import models

KEYED_BY_CHANCE = (
    models.PendingSignature,
    models.Signature,
    models.Tombstone,
    models.Listing,
    models.WithdrawalToken,
)
TABLES = [model._meta.db_table for model in KEYED_BY_CHANCE]  # noqa: SLF001  documented by Django


@pytest.mark.parametrize("table", TABLES)
def test_a_table_of_signatures_has_no_hidden_counter(db: None, table: str) -> None:
    assert hidden_counters(table) == []


def hidden_counters(table: str) -> list[str]:
    """Return what in `table` counts up: SQLite's rowid, PostgreSQL's sequences."""
    with connection.cursor() as cursor:
        if is_sqlite():
            cursor.execute("SELECT wr FROM pragma_table_list WHERE name = %s", [table])
            (has_no_rowid,) = cursor.fetchone()
            return [] if has_no_rowid else ["rowid"]
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND (is_identity = 'YES' OR column_default LIKE 'nextval%%')",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


def test_the_search_would_find_a_counter(db: None) -> None:
    assert hidden_counters("campaigns_campaign") == (["rowid"] if connection.vendor == "sqlite" else ["id"])
