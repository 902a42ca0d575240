"""What a public entry commits to: the text, the sealed payload and one address (docs/spec/entries.md).

Neither the database nor the log lets anyone test an address against an entry: `bind` needs T,
which is only in the mail, and `pc` needs the salt, which is sealed.
"""

import orjson

from tocsin.kit.framing import dh, mac
from tocsin.seal.tokens import receipt_key

SALT_BYTES = 32


def text_hash(text: str) -> bytes:
    """Return the 32-byte hash of a text in one language: title, two line feeds, Markdown source.

    The caller gives NFC with LF line ends, as `campaigns` stores it.
    """
    return dh("text", text.encode())


def payload_bytes(payload: dict[str, object]) -> bytes:
    """Return the payload as canonical JSON: keys sorted, no spaces, UTF-8."""
    return orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)


def payload_commitment(salt: bytes, payload: bytes) -> bytes:
    """Return pc: binds to a payload without showing it, since `salt` stays sealed."""
    return dh("payload", salt, payload)


def bind(token: bytes, address: str) -> bytes:
    """Return the value that ties an entry to one address for whoever holds T."""
    return mac(receipt_key(token), address.encode())


def commitment(campaign: str, text: bytes, pc: bytes, bound: bytes) -> bytes:
    """Return C, the only thing that a signature's entry says (`text` is a text_hash)."""
    return dh("sign", campaign.encode(), text, pc, bound)
