"""What one entry of the public log says, as bytes (docs/spec/entries.md).

An entry names a campaign and commitments, never a person, a time or a country.
"""

from dataclasses import dataclass
from enum import IntEnum

from tocsin.kit.framing import lp
from tocsin.tlog.hashing import HASH_BYTES
from tocsin.tlog.hashing import leaf_hash as leaf_hash  # noqa: PLC0414  the queue takes it from here

_VERSION = b"\x01"
_HEAD_BYTES = 2
_INDEX_BYTES = 8


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


class EntryError(ValueError):
    """These bytes are no entry; the message says what is wrong with them."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A signature was counted; `commitment` is C, 32 bytes."""

    campaign: str
    commitment: bytes


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The signature at `index` left the number."""

    campaign: str
    index: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class TextVersion:
    """A text was published in one language; `text_hash` is 32 bytes."""

    campaign: str
    text_hash: bytes


@dataclass(frozen=True, slots=True)
class SealingKey:
    """The campaign seals with this key from here on; `key_hash` is its public half's SHA-256."""

    campaign: str
    key_hash: bytes


@dataclass(frozen=True, slots=True)
class Successor:
    """This log follows a broken one that ended at `size` entries with `root`, 32 bytes."""

    origin: str
    size: int
    root: bytes


Entry = Sign | Withdraw | TextVersion | SealingKey | Successor


def sign(campaign: str, commitment: bytes) -> bytes:
    """Return a signature's entry; `commitment` is C, 32 bytes."""
    return _head(Kind.SIGN, campaign) + _digest(commitment)


def withdraw(campaign: str, index: int, reason: Reason) -> bytes:
    """Return the entry that takes the signature at `index` out of the number."""
    return _head(Kind.WITHDRAW, campaign) + index.to_bytes(_INDEX_BYTES, "big") + bytes([reason])


def text_version(campaign: str, text_hash: bytes) -> bytes:
    """Return the entry of a published text in one language; `text_hash` is 32 bytes."""
    return _head(Kind.TEXT_VERSION, campaign) + _digest(text_hash)


def sealing_key(campaign: str, key_hash: bytes) -> bytes:
    """Return the entry of a campaign's sealing key; `key_hash` is its public half's SHA-256."""
    return _head(Kind.SEALING_KEY, campaign) + _digest(key_hash)


def successor(origin: str, size: int, root: bytes) -> bytes:
    """Return the entry that follows a broken log of `size` entries with `root`, 32 bytes."""
    return _head(Kind.SUCCESSOR, origin) + size.to_bytes(_INDEX_BYTES, "big") + _digest(root)


def parse(data: bytes) -> Entry:
    """Return what an entry says; raises EntryError unless it is exactly one that the functions above make."""
    if data[:1] != _VERSION:
        message = "an entry begins with its version, 01"
        raise EntryError(message)
    try:
        kind = Kind(int.from_bytes(data[1:_HEAD_BYTES], "big"))
    except ValueError as error:
        message = "an entry is of one of the five kinds"
        raise EntryError(message) from error
    begin = _HEAD_BYTES + 2
    end = begin + int.from_bytes(data[_HEAD_BYTES:begin], "big")
    name, rest = data[begin:end], data[end:]
    if len(rest) != _REST_BYTES[kind] or not is_name(name):
        message = "the entry is cut off, too long, or names nothing that can be shown"
        raise EntryError(message)
    return _made(kind, name.decode(), rest)


def is_name(name: bytes) -> bool:
    """Say whether a campaign or a log can be called so: UTF-8, not empty, all of it visible and no spaces.

    Whoever recounts prints these names, and a server that one does not trust chose them.
    """
    try:
        text = name.decode()
    except UnicodeDecodeError:
        return False
    return bool(text) and text.isprintable() and " " not in text


_REST_BYTES = {
    Kind.SIGN: HASH_BYTES,
    Kind.WITHDRAW: _INDEX_BYTES + 1,
    Kind.TEXT_VERSION: HASH_BYTES,
    Kind.SEALING_KEY: HASH_BYTES,
    Kind.SUCCESSOR: _INDEX_BYTES + HASH_BYTES,
}


def _made(kind: Kind, name: str, rest: bytes) -> Entry:
    match kind:
        case Kind.SIGN:
            return Sign(name, rest)
        case Kind.WITHDRAW:
            return Withdraw(name, int.from_bytes(rest[:_INDEX_BYTES], "big"), _reason(rest[_INDEX_BYTES]))
        case Kind.TEXT_VERSION:
            return TextVersion(name, rest)
        case Kind.SEALING_KEY:
            return SealingKey(name, rest)
        case Kind.SUCCESSOR:
            return Successor(name, int.from_bytes(rest[:_INDEX_BYTES], "big"), rest[_INDEX_BYTES:])


def _reason(number: int) -> Reason:
    try:
        return Reason(number)
    except ValueError as error:
        message = "a withdrawal has one of the three reasons"
        raise EntryError(message) from error


def _head(kind: Kind, name: str) -> bytes:
    return _VERSION + bytes([kind]) + lp(name.encode())


def _digest(value: bytes) -> bytes:
    if len(value) != HASH_BYTES:
        message = "a commitment is 32 bytes"
        raise ValueError(message)
    return value
