"""Cosignatures: a witness says that it saw a checkpoint grow out of the last one, and when (c2sp.org/tlog-cosignature).

    value = time (8 bytes, seconds since 1970) ‖ signature

The Ed25519 kind signs `cosignature/v1`, the time and the checkpoint's text. The ML-DSA-44 kind, which
a quantum computer cannot forge, signs a structure with the witness's name in it, and no extension lines.
"""

from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from tocsin.tlog.checkpoint import Checkpoint, CheckpointTextError
from tocsin.tlog.note import Signature, is_key_name, key_id
from tocsin.tlog.text import to_base64

SEED_BYTES = 32
_TIME_BYTES = 8
_MAX_TIME = 2**63 - 1
_MAX_OPAQUE = 255
_SUBTREE_LABEL = b"subtree/v1\n\0"


class CosignKind(IntEnum):
    """The two kinds, by their signature type's byte."""

    ED25519 = 0x04
    ML_DSA_44 = 0x06


_PUBLIC_BYTES = {CosignKind.ED25519: 32, CosignKind.ML_DSA_44: 1312}


@dataclass(frozen=True, slots=True)
class CosignatureVerifier:
    """A witness's public key; 32 bytes for Ed25519, 1,312 for ML-DSA-44."""

    name: str
    kind: CosignKind
    public: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public) != _PUBLIC_BYTES[self.kind]:
            message = f"a public key of this kind has {_PUBLIC_BYTES[self.kind]} bytes"
            raise ValueError(message)

    @property
    def key_id(self) -> bytes:
        """The key's four bytes."""
        return key_id(self.name, self.kind, self.public)

    @property
    def vkey(self) -> str:
        """The key as text, for everybody."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"

    def verify(self, text: bytes, value: bytes) -> bool:
        """Say whether `value`, a time and a signature, is this witness's over a checkpoint's text."""
        message = _message(self.kind, self.name, text, timestamp_of(value))
        if message is None:
            return False
        try:
            if self.kind == CosignKind.ED25519:
                Ed25519PublicKey.from_public_bytes(self.public).verify(value[_TIME_BYTES:], message)
            else:
                MLDSA44PublicKey.from_public_bytes(self.public).verify(value[_TIME_BYTES:], message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True, repr=False)
class CosignatureSigner:
    """A witness's private key: 32 bytes of seed, of either kind."""

    name: str
    seed: bytes
    kind: CosignKind = CosignKind.ED25519

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.seed) != SEED_BYTES:
            message = f"a private key has {SEED_BYTES} bytes"
            raise ValueError(message)

    @property
    def verifier(self) -> CosignatureVerifier:
        """The key's public half."""
        return CosignatureVerifier(self.name, self.kind, self._key.public_key().public_bytes_raw())

    def cosign(self, text: str, *, at: int) -> Signature:
        """Return the cosignature over a checkpoint's text, seen `at` seconds since 1970.

        Raises ValueError when the text is no checkpoint's, or the time is none.
        """
        message = _message(self.kind, self.name, text.encode(), at)
        if message is None:
            problem = "only a checkpoint can be cosigned, at a time since 1970"
            raise ValueError(problem)
        value = at.to_bytes(_TIME_BYTES, "big") + self._key.sign(message)
        return Signature(self.name, self.verifier.key_id, value)

    @property
    def _key(self) -> Ed25519PrivateKey | MLDSA44PrivateKey:
        if self.kind == CosignKind.ED25519:
            return Ed25519PrivateKey.from_private_bytes(self.seed)
        return MLDSA44PrivateKey.from_seed_bytes(self.seed)


def timestamp_of(value: bytes) -> int:
    """Return when a cosignature says it was made, in seconds since 1970; believe it after `verify` only."""
    return int.from_bytes(value[:_TIME_BYTES], "big")


def _message(kind: CosignKind, name: str, text: bytes, at: int) -> bytes | None:
    """Return what is signed, or None when `text` is no checkpoint's or the time is out of range."""
    try:
        checkpoint = Checkpoint.from_text(text.decode())
    except (CheckpointTextError, UnicodeDecodeError):
        return None
    if not 0 <= at <= _MAX_TIME:
        return None
    if kind == CosignKind.ED25519:
        return b"cosignature/v1\ntime %d\n" % at + text
    names = name.encode(), checkpoint.origin.encode()
    if max(map(len, names)) > _MAX_OPAQUE:
        return None
    cosigner, origin = (bytes([len(one)]) + one for one in names)
    # The range from 0 to the size: a checkpoint is the subtree that is the whole tree.
    start_end = bytes(8) + checkpoint.size.to_bytes(8, "big")
    return _SUBTREE_LABEL + cosigner + at.to_bytes(8, "big") + origin + start_end + checkpoint.root


def _check_name(name: str) -> None:
    if not is_key_name(name):
        message = "a key's name has no spaces and no plus"
        raise ValueError(message)
