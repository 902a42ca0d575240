"""Everything on a standard server searched for a key: nothing there opens what people signed with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.apps import apps
from django.conf import settings
from django.db.models import BinaryField

from tests.cast import MAYA, OTTO
from tests.factories import signing
from tests.factories.vault import key_pair
from tocsin.campaigns import domain as campaigns
from tocsin.campaigns.models import Campaign
from tocsin.kit import addresses
from tocsin.outbox import domain as outbox
from tocsin.outbox.keys import day_of, days_kept, opening_box
from tocsin.outbox.models import Letter
from tocsin.outbox.sealing import open_letter
from tocsin.seal.box import Box, BoxBrokenError
from tocsin.seal.epoch import SealBrokenError, epoch_id_of, open_epoch, open_row
from tocsin.seal.keyfile import PRIVATE_KEY_BYTES
from tocsin.seal.tags import address_tag
from tocsin.signing import domain
from tocsin.signing.models import Signature
from tocsin.vault import queries as vault
from tocsin.vault.models import EpochKey

pytestmark = pytest.mark.django_db(transaction=True)
NOW = signing.NOW
KEY_BYTES = 32


def everything() -> Iterator[bytes]:
    """Yield every file of the keys and data folders, and every binary value of the database."""
    for folder in (Path(settings.KEYS_DIR), Path(settings.DATA_DIR)):
        yield from (path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    for model in apps.get_models():
        for field in model._meta.get_fields():  # noqa: SLF001  documented by Django
            if isinstance(field, BinaryField):
                values = model._default_manager.values_list(field.attname, flat=True)  # noqa: SLF001  documented by Django
                yield from (bytes(value) for value in values if value)


def windows(contents: Iterator[bytes], size: int) -> set[bytes]:
    return {content[at : at + size] for content in contents for at in range(len(content) - size + 1)}


def opens_row(key: bytes, row: bytes) -> bool:
    try:
        open_row(AESGCM(key), row)
    except SealBrokenError:
        return False
    return True


def opens_epoch(private_key: bytes, slug: str, epoch: EpochKey) -> bool:
    try:
        open_epoch(private_key, slug, bytes(epoch.id), bytes(epoch.wrapped))
    except (SealBrokenError, ValueError):
        return False
    return True


def test_no_thirty_two_bytes_anywhere_open_a_row_and_no_private_key_lies_about() -> None:
    campaign = signing.open_campaign()
    signing.counted(campaign, [MAYA, OTTO])
    row = Signature.objects.all()[0]
    sealed = bytes(row.sealed)
    epoch = EpochKey.objects.get(pk=epoch_id_of(sealed))

    candidates = windows(everything(), KEY_BYTES)
    assert len(candidates) > 1_000
    assert [key for key in candidates if opens_row(key, sealed)] == []
    # Each 96 bytes costs a decapsulation, so where they would lie: in files, and in columns of about that size.
    halves = windows((content for content in everything() if len(content) < 1_000), PRIVATE_KEY_BYTES)
    assert [half for half in halves if opens_epoch(half, campaign.slug, epoch)] == []
    # The search would see it: what a keyholder's file holds does open.
    assert opens_epoch(key_pair().private, campaign.slug, epoch)


def test_what_was_mailed_opens_no_more_once_the_days_key_is_destroyed() -> None:
    signer = signing.sign(signing.open_campaign())
    letter = Letter.objects.get()
    dead_bytes = bytes(letter.sealed)  # as they may lie on the disk for long
    box = opening_box(letter.key_day)
    assert open_letter(box, kind=letter.kind, campaign=letter.campaign, sealed=dead_bytes)
    outbox.remove_sent([letter.pk])
    assert signer.token
    later = NOW.replace(day=NOW.day + 2)
    outbox.destroy_spent_keys(now=later)
    assert day_of(NOW) not in days_kept()
    signing.sign(Campaign.objects.get(), OTTO, now=later)  # another day, another key

    for key in windows(everything(), KEY_BYTES):
        with pytest.raises(BoxBrokenError):
            open_letter(Box(key), kind=letter.kind, campaign=letter.campaign, sealed=dead_bytes)


def test_after_closing_even_who_kept_the_pepper_tests_nobody() -> None:
    campaign = signing.open_campaign()
    signing.counted(campaign, [MAYA])
    signing.sign(campaign, OTTO)
    pepper = vault.pepper(campaign.pk)  # from a memory image, taken before
    folded = [addresses.parse(one.address) for one in (MAYA, OTTO)]
    tags = [address_tag(pepper, campaign.slug, one.folded) for one in folded if one]
    assert set(tags) <= windows(everything(), len(tags[0]))

    campaigns.close_campaign(campaign=campaign, now=NOW, forget_tags=domain.forget_tags)
    Letter.objects.all().delete()  # a letter goes once it is sent; its tags lie under the day's key
    assert set(tags) & windows(everything(), len(tags[0])) == set()
    with pytest.raises(vault.PepperMissingError):
        vault.pepper(campaign.pk)
    assert pepper not in windows(everything(), KEY_BYTES)
