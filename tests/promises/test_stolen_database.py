"""Who steals the database learns no address, and cannot test one; nor can two campaigns be laid side by side."""

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db.models import BinaryField

from tests.cast import MAYA, OTTO
from tests.factories import signing
from tocsin.campaigns.models import Campaign
from tocsin.kit import addresses
from tocsin.kit.framing import dh, lp, sub
from tocsin.seal import tags
from tocsin.vault import queries as vault

pytestmark = pytest.mark.django_db(transaction=True)

HASHES = ("sha256", "sha512", "sha1", "md5", "blake2b", "blake2s", "sha3_256")
WORDS = ("address", "name", "email", "tag", "cap", "sign", "token", "payload", "text")


def stolen() -> Counter[bytes]:
    """Return every binary value of every row of every table, and how often it stands there."""
    found: Counter[bytes] = Counter()
    for model in apps.get_models():
        for field in model._meta.get_fields():  # noqa: SLF001  documented by Django
            if isinstance(field, BinaryField):
                values = model._default_manager.values_list(field.attname, flat=True)  # noqa: SLF001  documented by Django
                found.update(bytes(value) for value in values if value)
    return found


def guesses(address: str, slug: str) -> Iterator[bytes]:
    """Yield what an address becomes for whoever knows the program, the campaign, and no key."""
    folded = addresses.parse(address)
    assert folded is not None
    for typed in {address, folded.folded, address.lower()}:
        for raw in (typed.encode(), f"{slug}{typed}".encode(), lp(slug.encode(), typed.encode())):
            for name in HASHES:
                yield hashlib.new(name, raw).digest()
            for word in WORDS:
                yield dh(word, raw)
                yield dh(word, slug.encode(), typed.encode())
                yield sub(raw, word)
            yield hmac.digest(slug.encode(), raw, "sha256")
        for key in (b"", bytes(32), slug.encode()):
            yield tags.address_tag(key, slug, typed)
            yield tags.name_tag(key, slug, typed, "maya lindqvist")


def matches(campaign: Campaign) -> list[bytes]:
    """Return the stolen values that a guess of Maya's address begins with or equals."""
    values = stolen()
    beginnings = {value[:16] for value in values}
    return [guess for guess in guesses(MAYA.address, campaign.slug) if guess[:16] in beginnings]


@pytest.fixture
def night_trains() -> Campaign:
    campaign = signing.open_campaign()
    signing.counted(campaign, [MAYA, OTTO])
    signing.sign(campaign, MAYA)
    return campaign


def test_nobody_can_test_an_address_without_the_pepper(night_trains: Campaign) -> None:
    assert stolen()
    assert matches(night_trains) == []


def test_with_the_pepper_anybody_can_as_the_manual_says(night_trains: Campaign) -> None:
    folded = addresses.parse(MAYA.address)
    assert folded is not None
    tag = tags.address_tag(vault.pepper(night_trains.pk), night_trains.slug, folded.folded)
    assert tag in stolen()


def test_one_address_in_two_campaigns_leaves_no_equal_value(night_trains: Campaign) -> None:
    before = stolen()
    other = signing.open_campaign("open-libraries")
    signing.counted(other, [MAYA, OTTO])
    signing.sign(other, MAYA)
    added = stolen() - before
    shared = set(added) & set(before)
    # The test's own key pair is the same in both campaigns; so are the words of their texts.
    assert {value for value in shared if not _is_of_the_campaign(value)} == set()


def _is_of_the_campaign(value: bytes) -> bool:
    """Say whether a value is the same in both because the campaigns are: their keys and their words."""
    public = {bytes(v) for name in ("public", "fingerprint", "age_file") for v in _column("vault", name)}
    return value in public or value in {bytes(v) for v in _column("campaigns", "text_hash")}


def _column(app: str, name: str) -> Iterator[bytes]:
    for model in apps.get_app_config(app).get_models():
        if any(field.name == name for field in model._meta.get_fields()):  # noqa: SLF001  documented by Django
            yield from model._default_manager.values_list(name, flat=True)  # noqa: SLF001  documented by Django
