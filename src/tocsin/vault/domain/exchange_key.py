"""Rotate: make a campaign's next key, and put it in the place of the one in use.

The next key waits until each of its keyholders has opened a test row: what people sign must
not go under a key that nobody proved. The old key keeps opening what was sealed to it.
"""

import hashlib
from datetime import datetime

from django.db import IntegrityError

from tocsin import db
from tocsin.seal.epoch import new_key_pair, public_of
from tocsin.seal.keyfile import wrap
from tocsin.vault import passphrase as passphrases
from tocsin.vault.domain.unlock import unlock_all
from tocsin.vault.drill_row import seal_drill_row
from tocsin.vault.labels import carried_label, mark_of
from tocsin.vault.models import CampaignKey, Keyholder
from tocsin.vault.queries import next_key, undrilled


class NextKeyExistsError(Exception):
    """A next key waits already: finish with it, or drop it."""


class NextKeyMissingError(Exception):
    """No next key waits."""


class NotDrilledError(Exception):
    """A keyholder of the next key has not opened a test row yet."""


def make_next_key(
    *, campaign: int, slug: str, label: str, passphrase: str, old_passphrase: str = "", now: datetime
) -> CampaignKey:
    """Make the key that shall follow, with its first keyholder; new signatures still go to the old one.

    With `old_passphrase` the new passphrase opens the old keys too, so that one opens everything.
    Takes some seconds and begins its own transaction after them. Raises NextKeyExistsError,
    PassphraseTooShortError or PassphraseWrongError.
    """
    chosen = passphrases.checked(passphrase)
    if next_key(campaign) is not None:
        raise _exists(slug)
    old = unlock_all(campaign=campaign, slug=slug, passphrase=old_passphrase) if old_passphrase.strip() else []
    private, public = new_key_pair()
    own_file = wrap(private, chosen)
    old_files = [(public_of(one), wrap(one, chosen)) for one in old]
    try:
        with db.transaction():
            key = CampaignKey.objects.create(
                campaign=campaign,
                public=public,
                fingerprint=hashlib.sha256(public).digest(),
                made_on=now.date(),
                is_waiting=True,
            )
            _give(key, label, own_file)
            for half, age_file in old_files:
                _carry(
                    CampaignKey.objects.get(campaign=campaign, public=half), carried_label(label, key), age_file, now
                )
    except IntegrityError as error:  # somebody made one while this one was being wrapped
        raise _exists(slug) from error
    return key


def _give(key: CampaignKey, label: str, age_file: bytes) -> None:
    row, epoch = seal_drill_row(bytes(key.public))
    Keyholder.objects.create(key=key, label=label, age_file=age_file, drill_row=row, drill_epoch=epoch)


def _carry(key: CampaignKey, label: str, age_file: bytes, now: datetime) -> None:
    """Let a next key's passphrase open an older key too; its own drill speaks for both."""
    row, epoch = seal_drill_row(bytes(key.public))
    Keyholder.objects.create(
        key=key, label=label, age_file=age_file, drill_row=row, drill_epoch=epoch, drilled_on=now.date()
    )


def use_next_key(*, campaign: int, now: datetime) -> CampaignKey:
    """Put the next key in the place of the one in use, in the caller's transaction; return it.

    Raises NextKeyMissingError or NotDrilledError.
    """
    db.required()
    key = next_key(campaign)
    if key is None:
        message = "no next key waits: make one first"
        raise NextKeyMissingError(message)
    if waiting := undrilled(key):
        message = f"still to open a test row of the next key: {', '.join(waiting)}"
        raise NotDrilledError(message)
    CampaignKey.objects.filter(campaign=campaign, retired_on__isnull=True, is_waiting=False).update(
        retired_on=now.date()
    )
    CampaignKey.objects.filter(pk=key.pk, is_waiting=True).update(is_waiting=False)
    key.refresh_from_db()
    return key


def drop_next_key(*, campaign: int) -> bool:
    """Throw a waiting key away, and what its passphrase was to open besides; False when none waits.

    Nothing was ever sealed to it.
    """
    with db.transaction():
        key = next_key(campaign)
        if key is None:
            return False
        Keyholder.objects.filter(key__campaign=campaign, label__endswith=mark_of(key)).delete()
        key.delete()
    return True


def _exists(slug: str) -> NextKeyExistsError:
    return NextKeyExistsError(f"a next key of {slug} waits already: put it to use, or drop it")
