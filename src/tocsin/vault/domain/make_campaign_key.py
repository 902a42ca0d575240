"""Make a campaign's sealing key with its first keyholder, and the two keys outside the database."""

import hashlib
from collections.abc import Callable
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


class KeyExistsError(Exception):
    """The campaign has a sealing key in use already."""


def make_campaign_key(
    *,
    campaign: int,
    slug: str,
    label: str,
    passphrase: str,
    now: datetime,
    announce: Callable[[CampaignKey], object] | None = None,
) -> CampaignKey:
    """Make the campaign's key pair and wrap its private half for the keyholder `label`.

    `announce` is told in the same transaction, to queue the log's entry of the key. Begins its
    own transaction, after the second that wrapping takes. Raises KeyExistsError or
    PassphraseTooShortError.
    """
    chosen = passphrases.checked(passphrase)
    # Files first: without their rows they are spare, rows without them would be a closed form.
    keyfiles.read_or_make(pepper_path(campaign))
    keyfiles.read_or_make(display_path(campaign))
    private, public = new_key_pair()
    age_file = wrap(private, chosen)
    try:
        with db.transaction():
            return _store(campaign, label, public, age_file, now, announce)
    except IntegrityError as error:
        message = f"campaign {slug} has a sealing key already"
        raise KeyExistsError(message) from error


def _store(
    campaign: int,
    label: str,
    public: bytes,
    age_file: bytes,
    now: datetime,
    announce: Callable[[CampaignKey], object] | None,
) -> CampaignKey:
    key = CampaignKey.objects.create(
        campaign=campaign, public=public, fingerprint=hashlib.sha256(public).digest(), made_on=now.date()
    )
    row, epoch = seal_drill_row(public)
    Keyholder.objects.create(key=key, label=label, age_file=age_file, drill_row=row, drill_epoch=epoch)
    if announce is not None:
        announce(key)
    return key
