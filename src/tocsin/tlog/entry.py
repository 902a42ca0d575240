"""What one entry of the public log says, as bytes (docs/spec/entries.md).

An entry names a campaign and commitments, never a person, a time or a country.
"""

import hashlib
from enum import IntEnum

from tocsin.kit.framing import lp

_VERSION = b"\x01"


class Kind(IntEnum):
    """The second byte of an entry."""

    SIGN = 1
    WITHDRAW = 2
    TEXT_VERSION = 3
    SEALING_KEY = 4
    SUCCESSOR = 5


class Reason(IntEnum):
    """Why a counted signature left the number."""

    SIGNATORY = 1
    DUPLICATE = 2
    STRUCK = 3


def sign(campaign: str, commitment: bytes) -> bytes:
    """Return a signature's entry; `commitment` is C, 32 bytes."""
    return _head(Kind.SIGN, campaign) + _digest(commitment)


def withdraw(campaign: str, index: int, reason: Reason) -> bytes:
    """Return the entry that takes the signature at `index` out of the number."""
    return _head(Kind.WITHDRAW, campaign) + index.to_bytes(8, "big") + bytes([reason])


def text_version(campaign: str, text_hash: bytes) -> bytes:
    """Return the entry of a published text in one language; `text_hash` is 32 bytes."""
    return _head(Kind.TEXT_VERSION, campaign) + _digest(text_hash)


def sealing_key(campaign: str, key_hash: bytes) -> bytes:
    """Return the entry of a campaign's sealing key; `key_hash` is its public half's SHA-256."""
    return _head(Kind.SEALING_KEY, campaign) + _digest(key_hash)


def successor(origin: str, size: int, root: bytes) -> bytes:
    """Return the entry that follows a broken log of `size` entries with `root`, 32 bytes."""
    return _VERSION + bytes([Kind.SUCCESSOR]) + lp(origin.encode()) + size.to_bytes(8, "big") + _digest(root)


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32-byte leaf hash of an entry (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def _head(kind: Kind, campaign: str) -> bytes:
    return _VERSION + bytes([kind]) + lp(campaign.encode())


def _digest(value: bytes) -> bytes:
    if len(value) != hashlib.sha256().digest_size:
        message = "a commitment is 32 bytes"
        raise ValueError(message)
    return value
