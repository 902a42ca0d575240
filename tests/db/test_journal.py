"""db.journal: pages reach their places without a writer's doing it, and without holding writers up."""

import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection, connections

from tests.factories.outbox import NOW, post
from tocsin import db
from tocsin.db import journal
from tocsin.db.journal import settle_journal
from tocsin.outbox.models import Letter


def test_what_is_settled_stands_in_the_database_file_alone(transactional_db: None, tmp_path: Path) -> None:
    post("maya@example.org", now=NOW)
    settle_journal()
    assert letters_without_the_journal(tmp_path) == 1


def letters_without_the_journal(folder: Path) -> int:
    """Count letters in a copy of the database without its journal; PostgreSQL has but one place."""
    if not db.is_sqlite():
        return Letter.objects.count()
    copy = folder / "copy.sqlite3"
    shutil.copy(connection.settings_dict["NAME"], copy)
    with closing(sqlite3.connect(copy)) as opened:
        (count,) = opened.execute("SELECT count(*) FROM outbox_letter").fetchone()
    return int(count)


@pytest.mark.parametrize(
    "long, order",
    [(1_000_000, ["settled", "written"]), (-1, ["written", "settled"] if db.is_sqlite() else ["settled", "written"])],
)
def test_only_a_long_journal_waits_for_the_one_who_writes(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, long: int, order: list[str]
) -> None:
    monkeypatch.setattr(journal, "_LONG", long)
    seen: list[str] = []

    def settle() -> None:
        settle_journal()
        seen.append("settled")
        connections.close_all()

    other = threading.Thread(target=settle)
    with db.turn():
        post("maya@example.org", now=NOW)
        other.start()
        other.join(0.3 if long < 0 else None)
        seen.append("written")
    other.join()
    assert seen == order
