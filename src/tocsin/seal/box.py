"""Sealing under a key that is at hand: a signatory's own copy, mail that waits, a form on hold.

    box = 01 ‖ nonce (12) ‖ AES-256-GCM(content) with its tag (16)

`purpose` is authenticated with the content, so a box made for one use never opens in another.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tocsin.kit.chance import random_bytes
from tocsin.kit.framing import sub

_VERSION = b"\x01"
_NONCE_BYTES = 12
KEY_BYTES = 32


class BoxBrokenError(Exception):
    """A box that does not open: another key or purpose, or bytes that were changed."""


class Box:
    """Seals and opens under one 32-byte key."""

    __slots__ = ("_cipher",)

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, purpose: bytes, content: bytes) -> bytes:
        """Return `content` sealed for `purpose`."""
        nonce = random_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, content, purpose)

    def open(self, purpose: bytes, sealed: bytes) -> bytes:
        """Return the content of a box made for `purpose`."""
        if sealed[:1] != _VERSION:
            message = "not a box of version 01"
            raise BoxBrokenError(message)
        try:
            return self._cipher.decrypt(sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], purpose)
        except (InvalidTag, ValueError) as error:
            message = "the box was changed or cut, or is for another key or purpose"
            raise BoxBrokenError(message) from error


def own_copy_box(manage: bytes) -> Box:
    """Return the box of a signatory's own copy: only who presents m (or T) opens it."""
    return Box(sub(manage, "own-copy"))
