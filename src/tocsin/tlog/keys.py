"""The keys of the log and of witnesses, and their spelling (c2sp.org/signed-note, sumdb's `note`).

    vkey  name+1a2b3c4d+base64(type ‖ public key)                 to be shown to everybody
    skey  PRIVATE+KEY+name+1a2b3c4d+base64(type ‖ seed)           to be shown to nobody

A log signs with Ed25519 (type 01). A witness cosigns with a time, by Ed25519 (04) or ML-DSA-44 (06).
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tocsin.tlog.cosignature import CosignatureVerifier, CosignKind
from tocsin.tlog.note import is_key_name, key_id
from tocsin.tlog.text import SpellingError, from_base64, to_base64

Key = TypeVar("Key")
SEED_BYTES = 32
_PRIVATE = "PRIVATE+KEY+"


class KeyKind(IntEnum):
    """The signature types that this program knows, by their assigned byte."""

    ED25519 = 0x01
    COSIGNATURE_ED25519 = 0x04
    COSIGNATURE_ML_DSA_44 = 0x06


class KeyTextError(ValueError):
    """A key is not spelled as it should be, or is of a type that this program does not know."""


@dataclass(frozen=True, slots=True)
class LogVerifier:
    """A log's Ed25519 key (type 01): checks signatures over a note's text."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        _check(self.name, self.public)

    @property
    def key_id(self) -> bytes:
        """The key's four bytes."""
        return key_id(self.name, KeyKind.ED25519, self.public)

    @property
    def vkey(self) -> str:
        """The key as text, for everybody."""
        return vkey_text(self.name, KeyKind.ED25519, self.public)

    def verify(self, text: bytes, value: bytes) -> bool:
        """Say whether `value` is this key's signature over `text`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(value, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, repr=False)
class LogSigner:
    """A log's private Ed25519 key: 32 bytes of seed under a name (the log's origin)."""

    name: str
    seed: bytes

    def __post_init__(self) -> None:
        _check(self.name, self.seed)

    @property
    def verifier(self) -> LogVerifier:
        """The key's public half."""
        return LogVerifier(self.name, self._key.public_key().public_bytes_raw())

    @property
    def key_id(self) -> bytes:
        """The key's four bytes."""
        return self.verifier.key_id

    @property
    def skey(self) -> str:
        """The private key as text."""
        return skey_text(self.name, KeyKind.ED25519, self.verifier.public, self.seed)

    def sign(self, text: bytes) -> bytes:
        """Return the signature over a note's text, 64 bytes."""
        return self._key.sign(text)

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def vkey_text(name: str, kind: int, public: bytes) -> str:
    """Return a public key as text."""
    return f"{name}+{key_id(name, kind, public).hex()}+{to_base64(bytes([kind]) + public)}"


def skey_text(name: str, kind: int, public: bytes, seed: bytes) -> str:
    """Return a private key as text; its four bytes are its public half's."""
    return f"{_PRIVATE}{name}+{key_id(name, kind, public).hex()}+{to_base64(bytes([kind]) + seed)}"


def parse_vkey(text: str) -> LogVerifier | CosignatureVerifier:
    """Return the key that a vkey spells; raises KeyTextError unless it is canonical and of a known type."""
    name, stated, kind, public = _split(text)
    try:
        made = (
            LogVerifier(name, public)
            if kind == KeyKind.ED25519
            else CosignatureVerifier(name, CosignKind(kind), public)
        )
    except ValueError as error:
        message = "not a key of a known type"
        raise KeyTextError(message) from error
    if made.key_id != stated:
        message = "the key's four bytes are not those of its name and type"
        raise KeyTextError(message)
    return made


def parse_log_vkey(text: str) -> LogVerifier:
    """Return a log's key; raises KeyTextError when the text spells none, or a witness's."""
    return _only(LogVerifier, parse_vkey(text), "this is a witness's key, not a log's")


def parse_witness_vkey(text: str) -> CosignatureVerifier:
    """Return a witness's key; raises KeyTextError when the text spells none, or a log's."""
    return _only(CosignatureVerifier, parse_vkey(text), "this is a log's key, not a witness's")


def parse_skey(text: str) -> LogSigner:
    """Return a log's private key; raises KeyTextError unless `text` is canonical."""
    if not text.startswith(_PRIVATE):
        message = "not a private key"
        raise KeyTextError(message)
    name, stated, kind, seed = _split(text.removeprefix(_PRIVATE))
    if kind != KeyKind.ED25519 or len(seed) != SEED_BYTES:
        message = "not a private key of a known type"
        raise KeyTextError(message)
    made = LogSigner(name, seed)
    if made.key_id != stated:
        message = "the key's four bytes are not those of its name and type"
        raise KeyTextError(message)
    return made


def _only(kind: type[Key], made: object, message: str) -> Key:
    if not isinstance(made, kind):
        raise KeyTextError(message)
    return made


def _split(text: str) -> tuple[str, bytes, int, bytes]:
    name, _, rest = text.partition("+")
    stated, _, encoded = rest.partition("+")
    try:
        identity, raw = bytes.fromhex(stated), from_base64(encoded)
    except (ValueError, SpellingError) as error:
        message = "not a key"
        raise KeyTextError(message) from error
    # fromhex also takes capitals and spaces.
    if not is_key_name(name) or identity.hex() != stated or not raw:
        message = "not a key"
        raise KeyTextError(message)
    return name, identity, raw[0], raw[1:]


def _check(name: str, key: bytes) -> None:
    if not is_key_name(name) or len(key) != SEED_BYTES:
        message = "a key has 32 bytes, and a name without spaces and plus"
        raise ValueError(message)
