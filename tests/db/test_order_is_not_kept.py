"""Nothing in the tables of signatures counts up with the order in which people signed."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import DateTimeField, Model

from tests.factories.signing import NOW, confirm, filled, intake_of, open_campaign, sign
from tocsin import db
from tocsin.db import is_sqlite
from tocsin.db.clustered import Clustered
from tocsin.outbox.models import MailCap
from tocsin.signing import models
from tocsin.signing.domain import store, take
from tocsin.tally.models import QueuedEntry
from tocsin.vault.models import EpochKey

KEYED_BY_CHANCE = (
    models.Tombstone,
    models.Listing,
    models.WithdrawalToken,
    QueuedEntry,
    EpochKey,  # each signature names its own, and a minute has one
    MailCap,
)
PENDING, SIGNATURES = "signing_pendingsignature", "signing_signature"
SCATTERED = (PENDING, SIGNATURES)
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


@pytest.mark.parametrize("table", SCATTERED)
def test_rows_too_wide_for_that_lie_where_chance_put_them(transactional_db: None, table: str) -> None:
    campaigns = [open_campaign(f"campaign-{number}") for number in range(14)]
    signers = [sign(campaign) for campaign in campaigns]
    if table == SIGNATURES:
        for signer in signers:
            confirm(signer.token)
    order = [campaign.pk for campaign in campaigns]
    # One order in 87 billion is the order of signing by chance.
    assert by_place(table) != order or not is_sqlite()
    assert sorted(by_place(table)) == order


def by_place(table: str) -> list[int]:
    """Return the campaigns of all rows as they lie in the file, which is the order in which they leave it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT campaign_id FROM {table}" + (" ORDER BY rowid" if is_sqlite() else ""))
        return [campaign for (campaign,) in cursor.fetchall()]


def test_a_batch_lies_together_and_two_batches_apart(transactional_db: None) -> None:
    campaign = open_campaign()
    intake = intake_of(campaign)
    for _ in range(2):
        batch = [take(intake=intake, filled=filled(intake), hold=None, proof=None, now=NOW) for _ in range(3)]
        with db.transaction():
            assert store(batch) == [True] * 3
    if is_sqlite():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT rowid FROM {PENDING} ORDER BY rowid")
            places = [place for (place,) in cursor.fetchall()]
        assert [places[1] - places[0], places[2] - places[0]] == [1, 2]
        assert places[3] - places[2] > 1


def test_what_was_stored_before_is_still_there_once_a_table_is_rebuilt(transactional_db: None) -> None:
    rebuild = Clustered("epochs_of_old")
    with connection.schema_editor() as editor, connection.cursor() as cursor:
        cursor.execute('CREATE TABLE "epochs_of_old" ("id" char(4) NOT NULL PRIMARY KEY, "key_id" bigint NOT NULL)')
        cursor.execute('CREATE INDEX "by_key" ON "epochs_of_old" ("key_id")')
        cursor.execute("INSERT INTO epochs_of_old VALUES ('ffff', 1), ('0000', 2)")
        rebuild.code(None, editor)  # type: ignore[arg-type]  # it asks no apps
        rebuild.code(None, editor)  # type: ignore[arg-type]  # twice is fine
        cursor.execute("SELECT * FROM epochs_of_old ORDER BY id")
        rows = cursor.fetchall()
        indexes = connection.introspection.get_constraints(cursor, "epochs_of_old")
        counters = hidden_counters("epochs_of_old")
        cursor.execute("DROP TABLE epochs_of_old")
    assert (rows, counters) == ([("0000", 2), ("ffff", 1)], [])
    assert indexes["by_key"]["columns"] == ["key_id"]


def test_a_signature_knows_its_day_and_no_time() -> None:
    all_of_signing = apps.get_app_config("signing").get_models()
    tables: list[type[Model]] = [table for table in all_of_signing if table.__module__ == models.__name__]
    tables.append(EpochKey)
    timed = {
        f"{table.__name__}.{field.name}"
        for table in tables
        for field in table._meta.get_fields()  # noqa: SLF001  documented by Django
        if isinstance(field, DateTimeField)
    }
    assert timed == {"StrikeProposal.proposed_at", "RetentionDay.last_at"}  # organisers' acts, and the worker's
