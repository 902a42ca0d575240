"""Open a campaign's vault with one keyholder's passphrase."""

from tocsin.seal.epoch import public_of
from tocsin.seal.keyfile import PassphraseWrongError, unwrap
from tocsin.vault import passphrase as passphrases
from tocsin.vault.models import CampaignKey
from tocsin.vault.queries import keyholders


def unlock(*, campaign: int, slug: str, passphrase: str) -> bytes:
    """Return the private half (96 bytes) of the campaign's key in use.

    Each keyholder's file is tried, about a second each. Raises PassphraseWrongError when none
    opens. The caller keeps the key in memory only, and not for long.
    """
    typed = passphrases.tidy(passphrase)
    for keyholder in keyholders(campaign):
        try:
            private = unwrap(bytes(keyholder.age_file), typed)
        except PassphraseWrongError:
            continue
        if _belongs(private, keyholder.key):
            return private
    message = f"no keyholder of {slug} has this passphrase"
    raise PassphraseWrongError(message)


def _belongs(private: bytes, key: CampaignKey) -> bool:
    """Say whether a private half is the stored key's: a swapped age file must not pass for it."""
    return public_of(private) == bytes(key.public)
