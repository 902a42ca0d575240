"""Length-prefixed framing and domain-separated hashes: the bytes that every format builds on.

docs/spec/entries.md shows each by example, with a fixed vector.
"""

from functools import cache
from hashlib import sha256

_LABEL = b"tocsin/v1/"
# Looked up, not made: a signature frames thirty parts.
_LENGTHS = [length.to_bytes(2, "big") for length in range(1024)]
_BLOCK_BYTES = 64  # of SHA-256
_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))


def lp(*parts: bytes) -> bytes:
    """Return each part behind its length (uint16, big-endian), one after the other.

    Raises OverflowError when a part is longer than 65,535 bytes.
    """
    try:
        return b"".join([_LENGTHS[len(part)] + part for part in parts])
    except IndexError:  # only an appeal's text is longer
        return b"".join([len(part).to_bytes(2, "big") + part for part in parts])


def dh(domain: str, *parts: bytes) -> bytes:
    """Return the 32-byte SHA-256 over `parts` under the name `domain`."""
    return sha256(_framed_label(domain) + lp(*parts)).digest()


def mac(key: bytes, message: bytes) -> bytes:
    """Return HMAC-SHA-256 (RFC 2104), for keys of up to 64 bytes.

    The standard library's gives up the interpreter's lock each time, eight times a signature,
    and then waits for it behind the thread that writes to the database.
    """
    if len(key) > _BLOCK_BYTES:
        problem = "a key is 64 bytes at the most"
        raise ValueError(problem)
    block = key.ljust(_BLOCK_BYTES, b"\0")
    return sha256(block.translate(_OUTER) + sha256(block.translate(_INNER) + message).digest()).digest()


def sub(token: bytes, word: str) -> bytes:
    """Return the 32-byte key that `token` yields for the purpose `word` (HMAC-SHA-256, RFC 2104)."""
    return mac(token, _label(word))


# Kept, because both run a dozen times for every signature, with words that are ours and few.
@cache
def _label(word: str) -> bytes:
    return _LABEL + word.encode()


@cache
def _framed_label(word: str) -> bytes:
    return lp(_label(word))
