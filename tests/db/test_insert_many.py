"""db.insert_many: one fast road for both databases, with the same errors at its end."""

import pytest
from django.db import IntegrityError

from tocsin import db
from tocsin.signing.models import SpentProof

TABLE = SpentProof._meta.db_table  # noqa: SLF001  documented by Django
COLUMNS = ("expires_at", "nonce")
FIRST, SECOND = (1_800_000_000, b"a" * 16), (1_800_000_000, b"b" * 16)


def test_it_stores_every_row(transactional_db: None) -> None:
    with db.transaction():
        db.insert_many(TABLE, COLUMNS, [FIRST, SECOND])
    rows = SpentProof.objects.order_by("nonce").values_list("expires_at", "nonce")
    assert [(when, bytes(nonce)) for when, nonce in rows] == [FIRST, SECOND]


def test_a_row_that_is_there_already_is_djangos_integrity_error(transactional_db: None) -> None:
    def store_twice() -> None:
        with db.transaction():
            db.insert_many(TABLE, COLUMNS, [FIRST, FIRST])

    # Under its own driver's name nobody above would recognise it as a lost race, and try again.
    with pytest.raises(IntegrityError):
        store_twice()
    assert SpentProof.objects.count() == 0


@pytest.mark.parametrize("count", [7, 8, 9, 64, 150])
def test_any_number_of_rows_is_stored(transactional_db: None, count: int) -> None:
    rows = [(1_800_000_000, bytes([number]) * 16) for number in range(count)]
    with db.transaction():
        db.insert_many(TABLE, COLUMNS, rows)
    assert SpentProof.objects.count() == count


def test_rows_inserted_at_once_are_all_stored_or_none_and_the_transaction_goes_on(transactional_db: None) -> None:
    if not db.is_sqlite():
        return  # PostgreSQL has no use for it
    with db.transaction():
        with pytest.raises(IntegrityError):
            db.insert_at_once(TABLE, COLUMNS, [FIRST, FIRST])
        db.insert_at_once(TABLE, COLUMNS, [SECOND])
    assert [bytes(nonce) for nonce in SpentProof.objects.values_list("nonce", flat=True)] == [SECOND[1]]


def test_it_wants_a_transaction(transactional_db: None) -> None:
    with pytest.raises(RuntimeError, match=r"db\.transaction"):
        db.insert_many(TABLE, COLUMNS, [FIRST])
