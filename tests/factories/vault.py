"""Campaign keys that open at once."""

import hashlib
from datetime import date
from functools import cache
from typing import NamedTuple

from tests.factories.age import quick_age_file
from tocsin.kit import keyfiles
from tocsin.seal.epoch import new_key_pair
from tocsin.vault.drill_row import seal_drill_row
from tocsin.vault.keyring import display_path, pepper_path
from tocsin.vault.models import CampaignKey, Keyholder

PASSPHRASE = "lantern gravel okay seven mural tide"
MADE_ON = date(2026, 3, 1)


class KeyPair(NamedTuple):
    """A sealing key, readable here, and its private half wrapped with PASSPHRASE."""

    private: bytes
    public: bytes
    age_file: bytes


@cache
def key_pair() -> KeyPair:
    """Return this session's one key pair."""
    private, public = new_key_pair()
    return KeyPair(private, public, quick_age_file(private, PASSPHRASE))


def campaign_key(campaign: int, *, drilled: bool = True) -> CampaignKey:
    """Store what make_campaign_key stores, without its second of work; drilled unless said otherwise."""
    pair = key_pair()
    keyfiles.read_or_make(pepper_path(campaign))
    keyfiles.read_or_make(display_path(campaign))
    key = CampaignKey.objects.create(
        campaign=campaign, public=pair.public, fingerprint=hashlib.sha256(pair.public).digest(), made_on=MADE_ON
    )
    row, epoch = seal_drill_row(pair.public)
    Keyholder.objects.create(
        key=key,
        label="Noor",
        age_file=pair.age_file,
        drill_row=row,
        drill_epoch=epoch,
        drilled_on=MADE_ON if drilled else None,
    )
    return key
