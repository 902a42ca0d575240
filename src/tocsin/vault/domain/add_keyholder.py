"""Give a second person the campaign's key, so that one lost passphrase loses nothing."""

from django.db import IntegrityError

from tocsin import db
from tocsin.seal.epoch import public_of
from tocsin.seal.keyfile import wrap
from tocsin.vault import passphrase as passphrases
from tocsin.vault.domain.unlock import unlock_all
from tocsin.vault.drill_row import seal_drill_row
from tocsin.vault.models import CampaignKey, Keyholder


class KeyholderExistsError(Exception):
    """The key has a keyholder of this name already."""


def add_keyholder(*, campaign: int, slug: str, label: str, passphrase: str, new_passphrase: str) -> Keyholder:
    """Wrap the campaign's keys for `label` too, with `passphrase` of a keyholder to unlock them.

    The new keyholder gets every key that the passphrase opens, retired ones too, and has to do
    the drill like the first. Takes a few seconds a key, and begins its own transaction after
    them. Raises PassphraseWrongError, PassphraseTooShortError or KeyholderExistsError.
    """
    chosen = passphrases.checked(new_passphrase)
    privates = unlock_all(campaign=campaign, slug=slug, passphrase=passphrase)
    files = [(public_of(private), wrap(private, chosen)) for private in privates]
    try:
        with db.transaction():
            made = [_hold(campaign, label, public, age_file) for public, age_file in files]
    except IntegrityError as error:
        message = f"{slug} has a keyholder {label!r} already"
        raise KeyholderExistsError(message) from error
    return made[0]


def _hold(campaign: int, label: str, public: bytes, age_file: bytes) -> Keyholder:
    key = CampaignKey.objects.get(campaign=campaign, public=public)
    row, epoch = seal_drill_row(public)
    return Keyholder.objects.create(key=key, label=label, age_file=age_file, drill_row=row, drill_epoch=epoch)
