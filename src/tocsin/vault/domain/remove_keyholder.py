"""Take the key from somebody, as far as a server can: their files go, copies they made do not."""

import re

from django.db.models import Q

from tocsin import db
from tocsin.vault.models import Keyholder
from tocsin.vault.queries import key_in_use

_CARRIED_CHARS = 69


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
        # What a next key's passphrase opens besides stands under the same name with a mark (carried_label).
        theirs = Q(label=label) | Q(label__regex=rf"^{re.escape(label[:_CARRIED_CHARS])} \([0-9a-f]{{8}}\)$")
        if not held.filter(label=label).exists():
            return False
        key = key_in_use(campaign)
        others = held.filter(key=key, drilled_on__isnull=False).exclude(theirs)
        if key is not None and not others.exists():
            message = f"nobody but {label} has shown that they can open this vault: let somebody else do so first"
            raise LastKeyholderError(message)
        held.filter(theirs).delete()
    return True
