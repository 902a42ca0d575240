"""A second keyholder: either passphrase opens the vault, and each does the drill."""

from datetime import UTC, datetime

import pytest

from tests.factories import vault as factories
from tocsin.seal.keyfile import unwrap
from tocsin.vault import domain, queries
from tocsin.vault.models import CampaignKey, Keyholder

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
OTTOS = "walnut ferry cobalt hinge opera dusk"

pytestmark = pytest.mark.django_db(transaction=True)


def add(label: str = "Otto", passphrase: str = factories.PASSPHRASE, new_passphrase: str = OTTOS) -> Keyholder:
    return domain.add_keyholder(
        campaign=7, slug="demo", label=label, passphrase=passphrase, new_passphrase=new_passphrase
    )


def test_the_second_keyholder_recovers_everything_when_the_first_passphrase_is_lost() -> None:
    factories.campaign_key(7)

    otto = add()

    assert unwrap(bytes(otto.age_file), OTTOS) == factories.key_pair().private
    assert CampaignKey.objects.count() == 1
    assert not queries.is_ready(7)
    assert domain.drill(keyholder=otto, slug="demo", passphrase=OTTOS, now=NOW)
    assert queries.is_ready(7)


def test_only_a_keyholder_can_add_another() -> None:
    factories.campaign_key(7)

    with pytest.raises(domain.PassphraseWrongError):
        add(passphrase="another passphrase altogether")
    with pytest.raises(domain.PassphraseTooShortError):
        add(new_passphrase="short")
    assert Keyholder.objects.count() == 1


def test_a_name_stands_for_one_keyholder() -> None:
    factories.campaign_key(7)

    with pytest.raises(domain.KeyholderExistsError, match="demo has a keyholder 'Noor' already"):
        add(label="Noor")
    assert Keyholder.objects.count() == 1


def test_a_campaign_without_a_key_has_nothing_to_share() -> None:
    with pytest.raises(domain.PassphraseWrongError):
        add()
