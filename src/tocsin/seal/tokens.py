"""The secret in a signatory's mail, and the little the database keeps of it.

T, 256 random bits, exists in the mail alone. The database holds hashes, so a stolen copy
opens no link.
"""

import binascii

from tocsin.kit.chance import random_bytes
from tocsin.kit.framing import dh, sub

TOKEN_BYTES = 32
_REF_BYTES = 16
_TO_URL, _FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_", b"+/")
_TEXT_CHARS = 43  # 32 bytes in base64url without padding (RFC 4648, section 5)


def new_token() -> bytes:
    """Return a fresh T, 32 bytes from the system's generator."""
    return random_bytes(TOKEN_BYTES)


def to_text(token: bytes) -> str:
    """Return a token as it stands in a link: 43 characters of base64url."""
    return to_base64(token)


def from_text(text: str) -> bytes | None:
    """Return the token of a link, or None when the text is not exactly one token's."""
    return from_base64(text) if len(text) == _TEXT_CHARS else None


def to_base64(raw: bytes) -> str:
    """Return bytes as base64url without padding (RFC 4648, section 5)."""
    return binascii.b2a_base64(raw, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def from_base64(text: str) -> bytes | None:
    """Return the bytes of a base64url text, or None unless it is spelled the one canonical way."""
    try:
        padded = text.encode("ascii").translate(_FROM_URL) + b"=" * (-len(text) % 4)
        raw = binascii.a2b_base64(padded, strict_mode=True)
    except ValueError:  # binascii.Error and UnicodeEncodeError are
        return None
    # base64 leaves spare bits in the last character: another spelling would be the same token.
    return raw if to_base64(raw) == text else None


def token_hash(token: bytes) -> bytes:
    """Return what the database stores of T or of a manage token: 32 bytes."""
    return dh("token", token)


def manage_token(token: bytes) -> bytes:
    """Return m, the weaker token that manages a signature but does not prove it."""
    return sub(token, "manage")


def letter_ref(manage: bytes) -> bytes:
    """Return the 16 bytes by which whoever knows m finds the letter that carries it; to others they say nothing."""
    return sub(manage, "letter")[:_REF_BYTES]


def receipt_key(token: bytes) -> bytes:
    """Return the key under which `bind` ties an entry to one address."""
    return sub(token, "receipt")
