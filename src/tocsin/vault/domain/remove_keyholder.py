"""Take the key from somebody, as far as a server can: their files go, copies they made do not."""

from enum import Enum, auto

from django.db.models import Q

from tocsin import db
from tocsin.vault.labels import carried_pattern
from tocsin.vault.models import Keyholder
from tocsin.vault.queries import key_in_use


class LastKeyholderError(Exception):
    """Without this keyholder nobody, or nobody who proved it, could open the vault."""


class Removed(Enum):
    """What of a keyholder lay on this server."""

    FILES = auto()
    NAME = auto()  # their age files are on a laptop, and never were here


def remove_keyholder(*, campaign: int, label: str) -> Removed | None:
    """Remove a keyholder and their files of all of a campaign's keys; None when there is none of this name.

    Whoever copied their file still opens with it what was sealed until now: only a new key
    (exchange_key) keeps them from what comes. Raises LastKeyholderError unless another
    keyholder of the key in use has opened a test row.
    """
    with db.transaction():
        held = Keyholder.objects.select_for_update().filter(key__campaign=campaign)
        # What a next key's passphrase opens besides stands under the same name with a mark (carried_label).
        theirs = Q(label=label) | Q(label__regex=carried_pattern(label))
        if not held.filter(label=label).exists():
            return None
        key = key_in_use(campaign)
        others = held.filter(key=key, drilled_on__isnull=False).exclude(theirs)
        if key is not None and not others.exists():
            message = f"nobody but {label} has shown that they can open this vault: let somebody else do so first"
            raise LastKeyholderError(message)
        had_files = held.filter(theirs).exclude(age_file=b"").exists()
        held.filter(theirs).delete()
    return Removed.FILES if had_files else Removed.NAME
