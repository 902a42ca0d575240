"""Unlocking: the private key comes back with a keyholder's passphrase, and with nothing else."""

import pytest

from tests.factories import vault as factories
from tocsin.seal.epoch import new_key_pair
from tocsin.vault import domain
from tocsin.vault.models import CampaignKey

pytestmark = pytest.mark.django_db


def unlock(passphrase: str = factories.PASSPHRASE, campaign: int = 7) -> bytes:
    return domain.unlock(campaign=campaign, slug="demo", passphrase=passphrase)


def test_a_keyholders_passphrase_brings_the_key_back() -> None:
    factories.campaign_key(7)

    assert unlock() == factories.key_pair().private


def test_another_passphrase_opens_nothing() -> None:
    factories.campaign_key(7)

    with pytest.raises(domain.PassphraseWrongError, match="no keyholder of demo"):
        unlock("another passphrase altogether")


def test_another_campaigns_keyholder_is_refused() -> None:
    factories.campaign_key(7)

    with pytest.raises(domain.PassphraseWrongError):
        unlock(campaign=8)


def test_an_age_file_exchanged_on_the_server_does_not_pass_for_the_key() -> None:
    factories.campaign_key(7)
    CampaignKey.objects.update(public=new_key_pair()[1])

    with pytest.raises(domain.PassphraseWrongError):
        unlock()
