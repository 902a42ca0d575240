"""outbox.domain.post: in the caller's transaction or not at all, and unreadable in the table."""

import pytest
from django.db import connection

from tests.factories.outbox import NOW, post
from tocsin import db
from tocsin.outbox import domain as outbox
from tocsin.outbox.models import Letter
from tocsin.outbox.sealing import letter_row


@pytest.mark.django_db(transaction=True)
def test_a_letter_is_posted_with_the_transaction_or_not_at_all() -> None:
    row = letter_row(kind="note", campaign=None, content=b'{"to":"maya@example.org"}', provider="other", now=NOW)

    def post_and_fail() -> None:
        with db.transaction():
            outbox.post([row])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        post_and_fail()
    assert not Letter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_posting_is_refused() -> None:
    with pytest.raises(RuntimeError):
        outbox.post([])


@pytest.mark.django_db(transaction=True)
def test_nothing_in_the_table_is_readable() -> None:
    post("maya.canary@example.org")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM outbox_letter")
        (row,) = cursor.fetchall()
    raw = b"|".join(bytes(value) if isinstance(value, memoryview) else str(value).encode() for value in row)
    assert b"canary" not in raw
    assert b"example" not in raw
