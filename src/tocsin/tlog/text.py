"""How numbers and bytes are spelled in the log's text formats: one way each, or refused.

A second spelling of the same value would give two checkpoints, or two receipts, that mean the
same and compare as different.
"""

import base64
import binascii
import re

_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,18})\Z", re.ASCII)


class SpellingError(ValueError):
    """A number or base64 is not spelled the one canonical way."""


def to_base64(raw: bytes) -> str:
    """Return bytes in standard base64 with padding (RFC 4648, section 4)."""
    return base64.b64encode(raw).decode("ascii")


def from_base64(text: str) -> bytes:
    """Return the bytes of canonical base64; raises SpellingError."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise SpellingError from error
    # Spare bits in the last character, or padding in excess, would be another spelling.
    if to_base64(raw) != text:
        raise SpellingError
    return raw


def from_decimal(text: str) -> int:
    """Return the number of an ASCII decimal without leading zeroes, below 2^63; raises SpellingError."""
    if not _DECIMAL.match(text) or (number := int(text)) >= 1 << 63:
        raise SpellingError
    return number
