"""The reader: opens what its key can, and says None to everything else."""

from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.factories import vault as factories
from tocsin import db
from tocsin.seal.epoch import new_key_pair
from tocsin.vault.reader import Opened, Reader
from tocsin.vault.sealer import Sealer, store_epochs

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SALT = bytes(32)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rows() -> list[bytes]:
    factories.campaign_key(7)
    epoch = Sealer(7, "demo").current(NOW)
    with db.transaction():
        store_epochs([epoch])
    return [epoch.seal(SALT, payload) for payload in (b"one", b"two", b"three")]


def test_the_campaigns_key_opens_its_rows_and_asks_for_each_epoch_once(
    rows: list[bytes], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    reader = Reader(factories.key_pair().private, "demo")

    with django_assert_num_queries(1):
        opened = [reader.open(row) for row in rows]

    assert opened == [Opened(SALT, payload) for payload in (b"one", b"two", b"three")]


def test_another_key_or_campaign_opens_nothing(rows: list[bytes]) -> None:
    assert Reader(new_key_pair()[0], "demo").open(rows[0]) is None
    assert Reader(factories.key_pair().private, "other").open(rows[0]) is None


def test_what_is_no_row_is_none_and_the_next_one_opens(rows: list[bytes]) -> None:
    reader = Reader(factories.key_pair().private, "demo")

    assert [reader.open(row) for row in (b"", b"\x02" + rows[0][1:], rows[0][:-1], rows[0][:40])] == [None] * 4
    assert reader.open(rows[0]) == Opened(SALT, b"one")
