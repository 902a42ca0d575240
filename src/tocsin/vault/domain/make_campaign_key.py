"""Make a campaign's sealing key with its first keyholder, and the two keys outside the database."""

import hashlib
from datetime import datetime

from django.db import IntegrityError

from tocsin import db
from tocsin.kit import keyfiles
from tocsin.seal.epoch import new_key_pair
from tocsin.seal.keyfile import wrap
from tocsin.vault import passphrase as passphrases
from tocsin.vault.drill_row import seal_drill_row
from tocsin.vault.keyring import display_path, pepper_path
from tocsin.vault.models import CampaignKey, Keyholder
from tocsin.vault.queries import key_in_use


class KeyExistsError(Exception):
    """The campaign has a sealing key in use already."""


def make_campaign_key(*, campaign: int, slug: str, label: str, passphrase: str, now: datetime) -> CampaignKey:
    """Make the campaign's key pair and wrap its private half for the keyholder `label`.

    Begins its own transaction, after the second or two that wrapping takes, so call it outside
    one. Raises KeyExistsError or PassphraseTooShortError.
    """
    chosen = passphrases.checked(passphrase)
    if key_in_use(campaign) is not None:
        raise _exists(slug)
    # Files first: files without rows are spare, rows without files would be a closed form.
    keyfiles.read_or_make(pepper_path(campaign))
    keyfiles.read_or_make(display_path(campaign))
    private, public = new_key_pair()
    age_file = wrap(private, chosen)
    try:
        with db.transaction():
            return _store(campaign, label, public, age_file, now)
    except IntegrityError as error:  # somebody made one while this one was being wrapped
        raise _exists(slug) from error


def _store(campaign: int, label: str, public: bytes, age_file: bytes, now: datetime) -> CampaignKey:
    key = CampaignKey.objects.create(
        campaign=campaign, public=public, fingerprint=hashlib.sha256(public).digest(), made_on=now.date()
    )
    row, epoch = seal_drill_row(public)
    Keyholder.objects.create(key=key, label=label, age_file=age_file, drill_row=row, drill_epoch=epoch)
    return key


def _exists(slug: str) -> KeyExistsError:
    return KeyExistsError(f"campaign {slug} has a sealing key already")
