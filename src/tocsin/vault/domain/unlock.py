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
        # A swapped age file must not pass for the campaign's.
        if public_of(private) == bytes(keyholder.key.public):
            return private
    message = f"no keyholder of {slug} has this passphrase"
    raise PassphraseWrongError(message)


def unlock_file(*, campaign: int, slug: str, age_file: bytes, passphrase: str) -> bytes:
    """Return the private half in a keyholder's own copy of an age file, of a retired key too.

    Raises PassphraseWrongError when the file does not open or its key was never the campaign's.
    """
    private = unwrap(age_file, passphrases.tidy(passphrase))
    if not CampaignKey.objects.filter(campaign=campaign, public=public_of(private)).exists():
        message = f"the file opens, but holds no key of {slug}"
        raise PassphraseWrongError(message)
    return private
