"""Making an entry's bytes again from what was read."""

from tocsin.tlog import entry
from tocsin.tlog.entry import Entry, SealingKey, Sign, Successor, TextVersion, Withdraw


def respell(read: Entry) -> bytes:
    """Return the bytes that the module itself writes for an entry."""
    match read:
        case Sign(campaign, commitment):
            return entry.sign(campaign, commitment)
        case Withdraw(campaign, index, reason):
            return entry.withdraw(campaign, index, reason)
        case TextVersion(campaign, text_hash):
            return entry.text_version(campaign, text_hash)
        case SealingKey(campaign, key_hash):
            return entry.sealing_key(campaign, key_hash)
        case Successor(origin, size, root):
            return entry.successor(origin, size, root)
