"""Is the key that people's data is sealed to still the one that keyholders made? A swapped one would read everything.

Whoever can write to the database could put their own public key there. They cannot take back
what the log says: it got the key's fingerprint when the campaign opened, and at each exchange.
"""

import hashlib
from enum import StrEnum

from tocsin.campaigns.models import Campaign
from tocsin.tally.queries import newest_entry
from tocsin.tlog.entry import Kind, sealing_key
from tocsin.vault.queries import key_in_use


class KeyAlarm(StrEnum):
    """What is wrong with a campaign's public key."""

    FINGERPRINT_DIFFERS = "fingerprint differs"  # the key is not the one whose fingerprint stands beside it
    LOG_DIFFERS = "log differs"  # the log knows another key as the newest


def key_alarm(campaign: Campaign) -> KeyAlarm | None:
    """Return what is wrong with the key in use, None when nothing is, or there is none."""
    key = key_in_use(campaign.pk)
    if key is None:
        return None
    if hashlib.sha256(bytes(key.public)).digest() != bytes(key.fingerprint):
        return KeyAlarm.FINGERPRINT_DIFFERS
    said = newest_entry(campaign.pk, Kind.SEALING_KEY)
    if said is not None and said != sealing_key(campaign.slug, bytes(key.fingerprint)):
        return KeyAlarm.LOG_DIFFERS
    return None
