"""The link that stops all mail to an address: it carries whose, sealed, and needs nothing that is stored.

    link    = /m/ base64url(box) /stop
    box     = seal.box under the server's key "stop link", for the purpose "stop"
    content = cap key of the address (32) ‖ language of the mail

What a token leads to goes: a request that nobody confirmed after a week, a withdrawal token after a month,
a withdrawn row at once. The mail stays in its mailbox, and its button has to work there for good (RFC 8058).
docs/decisions/0031 says what the link tells, and to whom.
"""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from tocsin.kit.keyfiles import server_key
from tocsin.outbox.caps import cap_key
from tocsin.seal.box import Box, BoxBrokenError
from tocsin.seal.tokens import from_base64, to_base64

_PURPOSE = b"stop"
_CAP_BYTES = 32


class StopOrder(NamedTuple):
    """What a link says: the cap key of the address to leave alone, and the language its reader was written to in."""

    cap: bytes
    language: str


def stop_link(address: str, language: str) -> str:
    """Return the link for one mail to `address`, no two alike.

    Raises ValueError for what is no address, and KeysSealedError.
    """
    cap = cap_key(address)
    if cap is None:
        message = "no address"
        raise ValueError(message)
    sealed = _box(settings.KEYS_DIR).seal(_PURPOSE, cap + language.encode())
    return f"{settings.BASE_URL}/m/{to_base64(sealed)}/stop"


def open_stop_link(text: str) -> StopOrder | None:
    """Return what the text between /m/ and /stop orders, or None if this server never wrote it; raises KeysSealedError.

    It may be opened without a look at the database, so a guess costs nothing but its decryption.
    """
    sealed = from_base64(text)
    if sealed is None:
        return None
    try:
        content = _box(settings.KEYS_DIR).open(_PURPOSE, sealed)
    except BoxBrokenError:
        return None
    return StopOrder(content[:_CAP_BYTES], content[_CAP_BYTES:].decode())


@lru_cache(maxsize=2)
def _box(keys_dir: Path) -> Box:
    del keys_dir  # only there so that another folder's key is another box
    return Box(server_key("stop link"))
