"""outbox.sent: what was sent is remembered across a kill, at every point where one can strike."""

from pathlib import Path

import pytest
from django.db import DatabaseError, connection

from tests import postgres
from tests.factories.outbox import post
from tocsin.outbox import sent
from tocsin.outbox.models import Letter
from tocsin.outbox.sent import AnotherSenderError, SentLedger, SentRows, open_register

pytestmark = pytest.mark.django_db(transaction=True)


def waiting() -> list[int]:
    return list(Letter.objects.order_by("id").values_list("id", flat=True))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return where a ledger lies: beside a database of this name."""
    return tmp_path / "tocsin.sqlite3"


def killed(ledger: SentLedger) -> None:
    """Leave everything as a killed process does: its lock goes, its files stay."""
    ledger._sender.close()  # noqa: SLF001  a process that is killed does not ask


def test_recorded_letters_are_removed_by_the_next_flush(database: Path) -> None:
    first, second = post("maya@example.org", "otto@example.net")
    ledger = SentLedger(database)
    ledger.record(first)
    assert (ledger.is_recorded(first), ledger.is_recorded(second)) == (True, False)
    assert waiting() == [first, second]
    ledger.flush()
    assert (ledger.is_recorded(first), waiting()) == (False, [second])
    ledger.close()
    assert sorted(path.name for path in database.parent.glob("*.sent-*")) == []


def test_killed_after_recording_the_next_start_removes_them_before_anything_else(database: Path) -> None:
    letters = post("maya@example.org", "otto@example.net", "pilar@example.com")
    ledger = SentLedger(database)
    for letter in letters[:2]:
        ledger.record(letter)
    killed(ledger)
    SentLedger(database).close()
    assert waiting() == letters[2:]


def test_killed_between_removing_rows_and_removing_the_file_nothing_else_is_touched(database: Path) -> None:
    first, second = post("maya@example.org", "otto@example.net")
    ledger = SentLedger(database)
    ledger.record(first)
    Letter.objects.filter(id=first).delete()
    killed(ledger)
    SentLedger(database).close()
    assert waiting() == [second]


def test_a_database_that_cannot_be_written_to_forgets_nothing(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = post("maya@example.org", "otto@example.net")
    ledger = SentLedger(database)
    ledger.record(first)

    def fail(_ids: object) -> None:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(sent, "remove_sent", fail)
        with pytest.raises(DatabaseError):
            ledger.flush()
    assert ledger.is_recorded(first)
    ledger.record(second)
    ledger.flush()
    ledger.close()
    assert waiting() == []


def test_one_process_sends_at_a_time(database: Path) -> None:
    ledger = SentLedger(database)
    with pytest.raises(AnotherSenderError):
        SentLedger(database)
    ledger.close()
    SentLedger(database).close()


def test_the_register_is_the_one_of_the_database_in_use() -> None:
    (letter,) = post("maya@example.org")
    register = open_register()
    assert isinstance(register, SentRows if postgres.is_wanted() else SentLedger)
    register.begin_thread()
    register.record(letter)
    register.flush()
    register.close()
    assert waiting() == []


def test_a_sending_threads_claims_wait_for_no_disk() -> None:
    # On SQLite 1 is NORMAL; the thread that flushes keeps FULL, so that a ledger goes only after its rows.
    asked, relaxed, usual = (
        ("SHOW synchronous_commit", "off", "RESET synchronous_commit")
        if postgres.is_wanted()
        else ("PRAGMA synchronous", 1, "PRAGMA synchronous = FULL")
    )
    register = open_register()
    with connection.cursor() as cursor:
        cursor.execute(asked)
        assert cursor.fetchone() != (relaxed,)
        register.begin_thread()
        cursor.execute(asked)
        assert cursor.fetchone() == (relaxed,)
        cursor.execute(usual)
    register.close()
