"""Rows sealed under an epoch key, which only the campaign's private key can bring back.

An epoch key is made in memory, wrapped once to the campaign's public key (HPKE, RFC 9180,
with ML-KEM-768 + X25519), used for a minute or 10,000 rows, and forgotten. From then on
nothing on the server opens its rows.

    row = 01 ‖ epoch id (16) ‖ nonce (12) ‖ AES-256-GCM(salt (32) ‖ payload) with its tag (16)

The first 17 bytes are authenticated too, so a row cannot be passed off as another epoch's.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey, Suite

from tocsin.kit.chance import random_bytes
from tocsin.kit.framing import lp
from tocsin.seal.commitment import SALT_BYTES

VERSION = b"\x01"
EPOCH_ID_BYTES = 16
_NONCE_BYTES = 12
_HEAD_BYTES = 1 + EPOCH_ID_BYTES
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_MLKEM_PUBLIC_BYTES = 1184
_MLKEM_SEED_BYTES = 64


class SealBrokenError(Exception):
    """A row or an epoch that does not open: another key, or bytes that were changed."""


@dataclass(slots=True)
class Epoch:
    """One epoch key, in memory: `id` and `wrapped` are stored, the key never is."""

    id: bytes
    wrapped: bytes
    _head: bytes
    _cipher: AESGCM
    rows: int = 0

    def seal(self, salt: bytes, payload: bytes) -> bytes:
        """Return a sealed row; the nonce is random, far below GCM's 2^32 bound at 10,000 rows."""
        nonce = random_bytes(_NONCE_BYTES)
        self.rows += 1
        return self._head + nonce + self._cipher.encrypt(nonce, salt + payload, self._head)


def begin_epoch(public_key: bytes, campaign: str) -> Epoch:
    """Return a fresh epoch, its key wrapped to the campaign's public key."""
    key = AESGCM.generate_key(256)
    epoch_id = random_bytes(EPOCH_ID_BYTES)
    wrapped = _SUITE.encrypt(key, _read_public(public_key), _info(campaign, epoch_id))
    return Epoch(epoch_id, wrapped, VERSION + epoch_id, AESGCM(key))


def open_epoch(private_key: bytes, campaign: str, epoch_id: bytes, wrapped: bytes) -> AESGCM:
    """Return the cipher of a stored epoch, for `open_row`."""
    try:
        return AESGCM(_SUITE.decrypt(wrapped, _read_private(private_key), _info(campaign, epoch_id)))
    except Exception as error:  # the library names several causes; for us all of them are one
        message = "this key does not open that epoch"
        raise SealBrokenError(message) from error


def epoch_id_of(row: bytes) -> bytes:
    """Return which epoch a sealed row needs."""
    if row[:1] != VERSION:
        message = f"a row of version {row[:1].hex() or 'nothing'}: this program reads version 01"
        raise SealBrokenError(message)
    return row[1:_HEAD_BYTES]


def open_row(cipher: AESGCM, row: bytes) -> tuple[bytes, bytes]:
    """Return salt and payload of a sealed row."""
    nonce = row[_HEAD_BYTES : _HEAD_BYTES + _NONCE_BYTES]
    try:
        plain = cipher.decrypt(nonce, row[_HEAD_BYTES + _NONCE_BYTES :], row[:_HEAD_BYTES])
    except Exception as error:  # InvalidTag, or ValueError for a cut row
        message = "the row was changed or cut, or belongs to another epoch"
        raise SealBrokenError(message) from error
    return plain[:SALT_BYTES], plain[SALT_BYTES:]


def new_key_pair() -> tuple[bytes, bytes]:
    """Return a campaign's private (96 bytes) and public (1,216 bytes) sealing key."""
    lattice, curve = mlkem.MLKEM768PrivateKey.generate(), x25519.X25519PrivateKey.generate()
    private = lattice.private_bytes_raw() + curve.private_bytes_raw()
    return private, lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()


def public_of(private_key: bytes) -> bytes:
    """Return the public half of a private sealing key."""
    lattice, curve = _split_private(private_key)
    return lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()


def _split_private(raw: bytes) -> tuple[mlkem.MLKEM768PrivateKey, x25519.X25519PrivateKey]:
    return (
        mlkem.MLKEM768PrivateKey.from_seed_bytes(raw[:_MLKEM_SEED_BYTES]),
        x25519.X25519PrivateKey.from_private_bytes(raw[_MLKEM_SEED_BYTES:]),
    )


def _read_private(raw: bytes) -> MLKEM768X25519PrivateKey:
    return MLKEM768X25519PrivateKey(*_split_private(raw))


def _read_public(raw: bytes) -> MLKEM768X25519PublicKey:
    return MLKEM768X25519PublicKey(
        mlkem.MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC_BYTES]),
        x25519.X25519PublicKey.from_public_bytes(raw[_MLKEM_PUBLIC_BYTES:]),
    )


def _info(campaign: str, epoch_id: bytes) -> bytes:
    return lp(b"tocsin/v1/epoch", campaign.encode(), epoch_id)
