"""Open a campaign's vault with one keyholder's passphrase."""

from django.db.models import F

from tocsin.seal.epoch import public_of
from tocsin.seal.keyfile import PassphraseWrongError, unwrap
from tocsin.vault import passphrase as passphrases
from tocsin.vault.models import CampaignKey, Keyholder


def unlock(*, campaign: int, slug: str, passphrase: str) -> bytes:
    """Return the private half (96 bytes) of the newest of a campaign's keys that the passphrase opens.

    Each keyholder's file is tried, about a second each. Raises PassphraseWrongError when none
    opens. The caller keeps the key in memory only, and not for long.
    """
    return unlock_all(campaign=campaign, slug=slug, passphrase=passphrase)[0]


def unlock_all(*, campaign: int, slug: str, passphrase: str) -> list[bytes]:
    """Return every private half that the passphrase opens, the one in use first, then retired ones.

    A signature is sealed to the key that was in use when it was given. Of each key one file that
    opens is enough. Raises PassphraseWrongError.
    """
    typed = passphrases.tidy(passphrase)
    opened: list[bytes] = []
    done: set[int] = set()
    for keyholder in _files(campaign):
        if keyholder.key_id in done:
            continue
        try:
            private = unwrap(bytes(keyholder.age_file), typed)
        except PassphraseWrongError:
            continue
        # A swapped age file must not pass for the campaign's.
        if public_of(private) == bytes(keyholder.key.public):
            opened.append(private)
            done.add(keyholder.key_id)
    if not opened:
        message = f"no keyholder of {slug} has this passphrase"
        raise PassphraseWrongError(message)
    return opened


def _files(campaign: int) -> list[Keyholder]:
    """Return all age files of a campaign's keys that rows may be sealed to, newest key first."""
    held = Keyholder.objects.filter(key__campaign=campaign, key__is_waiting=False).exclude(age_file=b"")
    rank = F("key__retired_on").desc(nulls_first=True)
    return list(held.select_related("key").order_by(rank, "-key_id", "label"))


def unlock_file(*, campaign: int, slug: str, age_file: bytes, passphrase: str) -> bytes:
    """Return the private half in a keyholder's own copy of an age file, of a retired key too.

    Raises PassphraseWrongError when the file does not open or its key was never the campaign's.
    """
    private = unwrap(age_file, passphrases.tidy(passphrase))
    if not CampaignKey.objects.filter(campaign=campaign, public=public_of(private)).exists():
        message = f"the file opens, but holds no key of {slug}"
        raise PassphraseWrongError(message)
    return private
