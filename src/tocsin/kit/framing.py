"""Length-prefixed framing and domain-separated hashes: the bytes that every format builds on.

docs/spec/entries.md shows each by example, with a fixed vector.
"""

import hashlib
import hmac
from functools import cache

_LABEL = b"tocsin/v1/"


def lp(*parts: bytes) -> bytes:
    """Return each part behind its length (uint16, big-endian), one after the other.

    Raises OverflowError when a part is longer than 65,535 bytes.
    """
    return b"".join([len(part).to_bytes(2, "big") + part for part in parts])


def dh(domain: str, *parts: bytes) -> bytes:
    """Return the 32-byte SHA-256 over `parts` under the name `domain`."""
    return hashlib.sha256(_framed_label(domain) + lp(*parts)).digest()


def sub(token: bytes, word: str) -> bytes:
    """Return the 32-byte key that `token` yields for the purpose `word` (HMAC-SHA-256, RFC 2104)."""
    return hmac.digest(token, _label(word), "sha256")


# Kept, because both run a dozen times for every signature, with words that are ours and few.
@cache
def _label(word: str) -> bytes:
    return _LABEL + word.encode()


@cache
def _framed_label(word: str) -> bytes:
    return lp(_label(word))
