"""Let a keyholder show that they can open the vault, before anyone's data lies in it."""

import os
from datetime import datetime

from tocsin.seal.commitment import SALT_BYTES
from tocsin.seal.epoch import SealBrokenError, begin_epoch, open_epoch, open_row
from tocsin.seal.keyfile import PassphraseWrongError, unwrap
from tocsin.vault import passphrase as passphrases
from tocsin.vault.drill_row import opens_drill_row
from tocsin.vault.models import Keyholder


def drill(*, keyholder: Keyholder, slug: str, passphrase: str, now: datetime) -> bool:
    """Open the keyholder's test row, and one sealed for `slug` as signatures will be; note the day.

    False when the passphrase is wrong or the row does not open. Neither passphrase nor key is kept.
    """
    try:
        private = unwrap(bytes(keyholder.age_file), passphrases.tidy(passphrase))
    except PassphraseWrongError:
        return False
    if not opens_drill_row(private, bytes(keyholder.drill_row), bytes(keyholder.drill_epoch)):
        return False
    if not _opens_what_is_sealed_now(private, bytes(keyholder.key.public), slug):
        return False
    Keyholder.objects.filter(pk=keyholder.pk).update(drilled_on=now.date())
    return True


def _opens_what_is_sealed_now(private: bytes, public: bytes, slug: str) -> bool:
    """Say whether a row sealed for the campaign, this minute and with the stored public half, opens."""
    epoch = begin_epoch(public, slug)
    salt = os.urandom(SALT_BYTES)
    row = epoch.seal(salt, b"{}")
    try:
        return open_row(open_epoch(private, slug, epoch.id, epoch.wrapped), row) == (salt, b"{}")
    except SealBrokenError:
        return False
