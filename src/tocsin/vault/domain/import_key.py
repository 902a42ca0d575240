"""Take in the public half of a key that was made on a laptop; its private half never comes here."""

import hmac
from datetime import datetime

from django.db import IntegrityError

from tocsin import db
from tocsin.kit import keyfiles
from tocsin.vault.domain.exchange_key import NextKeyExistsError
from tocsin.vault.drill_code import hash_of_code
from tocsin.vault.drill_row import seal_coded_drill_row
from tocsin.vault.keyring import display_path, pepper_path
from tocsin.vault.laptop import BadPublicFileError, PublicFile
from tocsin.vault.models import CampaignKey, Keyholder
from tocsin.vault.queries import key_in_use


def import_key(*, campaign: int, slug: str, key: PublicFile, now: datetime) -> CampaignKey:
    """Store a key made elsewhere: the campaign's first, or the one that waits to follow it.

    Each keyholder gets a test row to open on their laptop. Raises NextKeyExistsError, or
    BadPublicFileError for another campaign's file.
    """
    if key.campaign != slug:
        message = f"this is the key of {key.campaign}, not of {slug}"
        raise BadPublicFileError(message)
    keyfiles.read_or_make(pepper_path(campaign))
    keyfiles.read_or_make(display_path(campaign))
    try:
        with db.transaction():
            stored = CampaignKey.objects.create(
                campaign=campaign,
                public=key.public,
                fingerprint=key.fingerprint,
                made_on=min(key.made_on, now.date()),
                is_waiting=key_in_use(campaign) is not None,
            )
            for label in key.keyholders:
                row, epoch, code = seal_coded_drill_row(key.public)
                Keyholder.objects.create(
                    key=stored, label=label, age_file=b"", drill_row=row, drill_epoch=epoch, drill_code=code
                )
    except IntegrityError as error:
        message = f"a next key of {slug} waits already: put it to use, or drop it"
        raise NextKeyExistsError(message) from error
    return stored


def prove_drill(*, keyholder: Keyholder, code: str, now: datetime) -> bool:
    """Note that a keyholder opened their test row on a laptop; False for another code than the row's."""
    expected = bytes(keyholder.drill_code or b"")
    if not hmac.compare_digest(expected, hash_of_code(code)):
        return False
    Keyholder.objects.filter(pk=keyholder.pk).update(drilled_on=now.date())
    return True
