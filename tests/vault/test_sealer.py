"""The sealer: one epoch a minute or 10,000 rows, written down with its first rows."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import vault as factories
from tocsin import db
from tocsin.seal.epoch import Epoch, open_epoch, open_row
from tocsin.vault import sealer as sealers
from tocsin.vault.models import EpochKey
from tocsin.vault.sealer import KeyMissingError, Sealer, store_epochs

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SALT = bytes(32)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sealer() -> Sealer:
    factories.campaign_key(7)
    return Sealer(7, "demo")


def store(*epochs: Epoch) -> None:
    with db.transaction():
        store_epochs(epochs)


def test_rows_of_one_minute_share_an_epoch(sealer: Sealer) -> None:
    first = sealer.current(NOW)

    assert sealer.current(NOW + timedelta(seconds=59.999)) is first
    assert sealer.current(NOW + timedelta(seconds=60)) is not first


def test_an_epoch_ends_after_ten_thousand_rows(sealer: Sealer) -> None:
    first = sealer.current(NOW)
    first.rows = 9_999
    assert sealer.current(NOW) is first

    first.seal(SALT, b"{}")

    assert sealer.current(NOW) is not first


def test_a_clock_put_back_ends_an_epoch_too(sealer: Sealer) -> None:
    first = sealer.current(NOW)

    assert sealer.current(NOW - timedelta(hours=1)) is not first


def test_an_epoch_key_is_forgotten_when_its_minute_is_over_and_nobody_signs(sealer: Sealer) -> None:
    first = sealer.current(NOW)

    sealer.forget(NOW + timedelta(seconds=59))
    assert sealer.current(NOW + timedelta(seconds=59)) is first

    sealer.forget(NOW + timedelta(seconds=60))
    assert sealer._epoch is None  # noqa: SLF001  that it is gone is the point


def test_a_stored_row_opens_with_the_campaigns_private_key(sealer: Sealer) -> None:
    epoch = sealer.current(NOW)
    row = epoch.seal(SALT, b'{"name":"Maya"}')
    store(epoch)

    stored = EpochKey.objects.get(id=epoch.id)
    cipher = open_epoch(factories.key_pair().private, "demo", bytes(stored.id), bytes(stored.wrapped))

    assert open_row(cipher, row) == (SALT, b'{"name":"Maya"}')
    assert (stored.key.campaign, stored.made_on) == (7, NOW.date())


def test_an_epoch_is_stored_once_however_often_it_is_given(sealer: Sealer) -> None:
    one, other = sealer.current(NOW), sealer.current(NOW + timedelta(minutes=2))

    store(one, one)
    store(one, other)
    store(other)

    assert {bytes(stored.id) for stored in EpochKey.objects.all()} == {one.id, other.id}
    assert not sealers._unstored.keys() & {one.id, other.id}  # noqa: SLF001  nothing is left behind


def test_an_epoch_of_a_batch_that_was_rolled_back_is_stored_with_the_next(sealer: Sealer) -> None:
    epoch = sealer.current(NOW)

    def fail() -> None:
        with db.transaction():
            store_epochs([epoch])
            message = "the disk is full"
            raise OSError(message)

    with pytest.raises(OSError, match="disk"):
        fail()
    assert not EpochKey.objects.exists()

    store(epoch)

    assert EpochKey.objects.count() == 1


def test_epochs_are_stored_inside_a_transaction_only(sealer: Sealer) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        store_epochs([sealer.current(NOW)])


def test_two_processes_have_their_own_epochs(sealer: Sealer) -> None:
    assert Sealer(7, "demo").current(NOW).id != sealer.current(NOW).id


def test_a_campaign_without_a_key_seals_nothing() -> None:
    with pytest.raises(KeyMissingError, match="demo"):
        Sealer(8, "demo")
