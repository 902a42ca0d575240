"""Give a second person the campaign's key, so that one lost passphrase loses nothing."""

from django.db import IntegrityError

from tocsin import db
from tocsin.seal.epoch import public_of
from tocsin.seal.keyfile import wrap
from tocsin.vault import passphrase as passphrases
from tocsin.vault.domain.unlock import unlock
from tocsin.vault.drill_row import seal_drill_row
from tocsin.vault.models import Keyholder
from tocsin.vault.queries import keyholders


class KeyholderExistsError(Exception):
    """The key has a keyholder of this name already."""


def add_keyholder(*, campaign: int, slug: str, label: str, passphrase: str, new_passphrase: str) -> Keyholder:
    """Wrap the campaign's key for `label` too, with `passphrase` of a keyholder to unlock it.

    The new keyholder has to do the drill like the first. Takes a few seconds, and begins its own
    transaction after them. Raises PassphraseWrongError, PassphraseTooShortError or
    KeyholderExistsError.
    """
    chosen = passphrases.checked(new_passphrase)
    private = unlock(campaign=campaign, slug=slug, passphrase=passphrase)
    row, epoch = seal_drill_row(public_of(private))
    key = keyholders(campaign)[0].key
    age_file = wrap(private, chosen)
    try:
        with db.transaction():
            return Keyholder.objects.create(key=key, label=label, age_file=age_file, drill_row=row, drill_epoch=epoch)
    except IntegrityError as error:
        message = f"{slug} has a keyholder {label!r} already"
        raise KeyholderExistsError(message) from error
