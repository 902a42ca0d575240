"""Making a campaign's key: its rows, its files, and what is refused."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection

from tests.factories import vault as factories
from tocsin.kit import keyfiles
from tocsin.seal.epoch import public_of
from tocsin.seal.keyfile import unwrap
from tocsin.vault import domain, queries
from tocsin.vault.drill_row import opens_drill_row
from tocsin.vault.keyring import display_path, pepper_path
from tocsin.vault.models import CampaignKey, Keyholder

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
PASSPHRASE = "lantern gravel okay seven mural tide"


@pytest.mark.django_db(transaction=True)
def test_a_key_is_made_with_its_first_keyholder_and_both_files() -> None:
    key = domain.make_campaign_key(campaign=7, slug="demo", label="Noor", passphrase=f" {PASSPHRASE}\n", now=NOW)

    (keyholder,) = queries.keyholders(7)
    assert queries.key_in_use(7) == key
    assert (key.made_on, key.retired_on) == (NOW.date(), None)
    assert bytes(key.fingerprint) == hashlib.sha256(bytes(key.public)).digest()
    assert (keyholder.label, keyholder.drilled_on) == ("Noor", None)
    assert len(keyfiles.read(pepper_path(7))) == len(keyfiles.read(display_path(7))) == 32

    private = unwrap(bytes(keyholder.age_file), PASSPHRASE)
    assert public_of(private) == bytes(key.public)
    assert opens_drill_row(private, bytes(keyholder.drill_row), bytes(keyholder.drill_epoch))


@pytest.mark.django_db(transaction=True)
def test_a_campaign_has_one_key_in_use() -> None:
    factories.campaign_key(7)

    with pytest.raises(domain.KeyExistsError, match="demo has a sealing key already"):
        domain.make_campaign_key(campaign=7, slug="demo", label="Otto", passphrase=PASSPHRASE, now=NOW)
    assert CampaignKey.objects.count() == Keyholder.objects.count() == 1


def make_in_thread(label: str) -> str:
    try:
        domain.make_campaign_key(campaign=7, slug="demo", label=label, passphrase=PASSPHRASE, now=NOW)
    except domain.KeyExistsError:
        return "refused"
    else:
        return "made"
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_of_two_makers_at_once_the_second_is_refused() -> None:
    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(make_in_thread, ["Noor", "Otto"])) == ["made", "refused"]

    assert CampaignKey.objects.count() == Keyholder.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("passphrase", ["", "       ", "a b c d", "seven77"])
def test_a_passphrase_that_can_be_guessed_is_refused_before_anything_is_made(passphrase: str) -> None:
    with pytest.raises(domain.PassphraseTooShortError):
        domain.make_campaign_key(campaign=7, slug="demo", label="Noor", passphrase=passphrase, now=NOW)
    assert queries.key_in_use(7) is None
    assert not pepper_path(7).exists()


@pytest.mark.django_db
def test_a_pepper_that_is_there_is_kept() -> None:
    pepper = keyfiles.read_or_make(pepper_path(7))

    factories.campaign_key(7)

    assert queries.pepper(7) == pepper
