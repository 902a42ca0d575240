"""The code that opening a test row on a laptop gives: 80 bits, to be typed at the desk."""

import base64

from tocsin.kit.framing import dh

_CODE_BYTES = 10
_GROUP = 4


def code_of(salt: bytes) -> str:
    """Return the code of a test row's salt: 80 bits in four groups of letters and digits."""
    text = base64.b32encode(dh("drill code", salt)[:_CODE_BYTES]).decode("ascii").lower()
    return "-".join(text[place : place + _GROUP] for place in range(0, len(text), _GROUP))


def hash_of_code(code: str) -> bytes:
    """Return what the server keeps of a code: as it may be typed, in any case and with any separators."""
    letters = "".join(char for char in code.lower() if char.isalnum())
    return dh("drill code typed", letters.encode())
