"""Take the key from somebody, as far as a server can: their files go, copies they made do not."""

from tocsin import db
from tocsin.vault.models import Keyholder
from tocsin.vault.queries import key_in_use


class LastKeyholderError(Exception):
    """Without this keyholder nobody, or nobody who proved it, could open the vault."""


def remove_keyholder(*, campaign: int, label: str) -> bool:
    """Remove a keyholder's files of all of a campaign's keys; False when there is none of this name.

    Whoever copied their file still opens with it what was sealed until now: only a new key
    (exchange_key) keeps them from what comes. Raises LastKeyholderError unless another
    keyholder of the key in use has opened a test row.
    """
    with db.transaction():
        held = Keyholder.objects.select_for_update().filter(key__campaign=campaign)
        if not held.filter(label=label).exists():
            return False
        key = key_in_use(campaign)
        others = held.filter(key=key, drilled_on__isnull=False).exclude(label=label)
        if key is not None and not others.exists():
            message = f"nobody but {label} has shown that they can open this vault: let somebody else do so first"
            raise LastKeyholderError(message)
        held.filter(label=label).delete()
    return True
