"""Rotation: a next key waits until it is proven, takes over, and the old one still opens what it sealed."""

import importlib
from datetime import UTC, date, datetime

import pytest

from tests.factories.age import quick_age_file
from tests.factories.vault import PASSPHRASE, campaign_key, key_pair
from tocsin import db
from tocsin.seal.epoch import public_of
from tocsin.vault import domain, queries
from tocsin.vault.models import CampaignKey, Keyholder
from tocsin.vault.reader import Reader
from tocsin.vault.sealer import Sealer, store_epochs

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)
NEW = "orchid ladder prism cobalt wander fig"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make age files that open at once; one test of making a key makes a real one."""
    for module in ("exchange_key", "add_keyholder"):
        # By import: the package's names are its verbs, which hide the modules of the same name.
        monkeypatch.setattr(importlib.import_module(f"tocsin.vault.domain.{module}"), "wrap", quick_age_file)


def make_next(old_passphrase: str = "") -> CampaignKey:
    return domain.make_next_key(
        campaign=7, slug="demo", label="Noor", passphrase=NEW, old_passphrase=old_passphrase, now=NOW
    )


def drill(key: CampaignKey, passphrase: str = NEW) -> None:
    for keyholder in queries.keyholders_of(key):
        assert domain.drill(keyholder=keyholder, slug="demo", passphrase=passphrase, now=NOW)


def use() -> CampaignKey:
    with db.transaction():
        return domain.use_next_key(campaign=7, now=NOW)


def sealed_row() -> bytes:
    epoch = Sealer(7, "demo").current(NOW)
    with db.transaction():
        store_epochs([epoch])
    return epoch.seal(bytes(32), b"words")


def test_nothing_is_sealed_to_a_key_that_waits() -> None:
    old = campaign_key(7)
    waiting = make_next()
    assert queries.key_in_use(7) == old
    assert queries.next_key(7) == waiting
    assert [one.key for one in queries.keyholders(7)] == [old]


def test_a_next_key_is_used_only_when_each_keyholder_has_proven_it() -> None:
    old = campaign_key(7)
    waiting = make_next()
    with pytest.raises(domain.NotDrilledError, match="Noor"):
        use()
    drill(waiting)
    assert use() == waiting == queries.key_in_use(7)
    old.refresh_from_db()
    assert old.retired_on == date(2026, 4, 2)
    assert queries.next_key(7) is None
    with pytest.raises(domain.NextKeyMissingError):
        use()


def test_what_was_sealed_before_and_after_opens_with_one_passphrase() -> None:
    campaign_key(7)
    before = sealed_row()
    waiting = make_next(old_passphrase=PASSPHRASE)
    drill(waiting)
    use()
    after = sealed_row()

    keys = domain.unlock_all(campaign=7, slug="demo", passphrase=NEW)
    assert [public_of(key) for key in keys] == [bytes(waiting.public), key_pair().public]
    assert domain.unlock(campaign=7, slug="demo", passphrase=NEW) == keys[0]
    reader = Reader(keys, "demo")
    for row in (before, after):
        opened = reader.open(row)
        assert opened is not None
        assert opened.payload == b"words"
    assert Reader(keys[1], "demo").open(after) is None


def test_without_the_old_passphrase_each_opens_its_own() -> None:
    campaign_key(7)
    drill(make_next())
    use()
    assert domain.unlock_all(campaign=7, slug="demo", passphrase=PASSPHRASE) == [key_pair().private]
    with pytest.raises(domain.PassphraseWrongError):
        make_next(old_passphrase=NEW + " wrong")


def test_who_is_added_later_gets_every_key() -> None:
    campaign_key(7)
    drill(make_next(old_passphrase=PASSPHRASE))
    use()
    domain.add_keyholder(
        campaign=7, slug="demo", label="Otto", passphrase=NEW, new_passphrase="walnut ferry cobalt hinge opera dusk"
    )
    assert len(domain.unlock_all(campaign=7, slug="demo", passphrase="walnut ferry cobalt hinge opera dusk")) == 2


def test_one_next_key_waits_at_a_time_and_can_be_dropped() -> None:
    campaign_key(7)
    make_next()
    with pytest.raises(domain.NextKeyExistsError):
        make_next()
    assert domain.drop_next_key(campaign=7)
    assert not domain.drop_next_key(campaign=7)
    assert make_next() == queries.next_key(7)


def test_who_is_removed_opens_nothing_here_any_more() -> None:
    key = campaign_key(7)
    domain.add_keyholder(campaign=7, slug="demo", label="Otto", passphrase=PASSPHRASE, new_passphrase=NEW)
    with pytest.raises(domain.LastKeyholderError, match="nobody but Noor"):
        domain.remove_keyholder(campaign=7, label="Noor")
    Keyholder.objects.filter(label="Otto").update(drilled_on=NOW.date())
    assert domain.remove_keyholder(campaign=7, label="Noor")
    assert not domain.remove_keyholder(campaign=7, label="Noor")
    with pytest.raises(domain.PassphraseWrongError):
        domain.unlock(campaign=7, slug="demo", passphrase=PASSPHRASE)
    assert [one.label for one in queries.keyholders_of(key)] == ["Otto"]
    with pytest.raises(domain.LastKeyholderError):
        domain.remove_keyholder(campaign=7, label="Otto")


def test_until_it_is_used_and_after_it_is_dropped_the_old_passphrase_opens_as_before() -> None:
    campaign_key(7)
    make_next(old_passphrase=PASSPHRASE)
    assert queries.is_ready(7)
    assert domain.unlock(campaign=7, slug="demo", passphrase=PASSPHRASE) == key_pair().private
    domain.drop_next_key(campaign=7)
    assert [one.label for one in queries.keyholders(7)] == ["Noor"]
    assert domain.unlock(campaign=7, slug="demo", passphrase=PASSPHRASE) == key_pair().private
    with pytest.raises(domain.PassphraseWrongError):
        domain.unlock(campaign=7, slug="demo", passphrase=NEW)


def test_who_is_removed_loses_what_a_next_passphrase_opened_besides() -> None:
    campaign_key(7)
    drill(make_next(old_passphrase=PASSPHRASE))
    use()
    domain.add_keyholder(
        campaign=7, slug="demo", label="Otto", passphrase=NEW, new_passphrase="walnut ferry cobalt hinge opera dusk"
    )
    Keyholder.objects.filter(label="Otto").update(drilled_on=NOW.date())
    assert domain.remove_keyholder(campaign=7, label="Noor")
    assert set(Keyholder.objects.values_list("label", flat=True)) == {"Otto"}
