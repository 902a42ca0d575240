"""The wrapped epoch of the golden file, opened a second time from the standards' own formulas.

HPKE (RFC 9180) in base mode with X-Wing (KEM 0x647a: ML-KEM-768 + X25519), HKDF-SHA256 and
AES-256-GCM: what docs/spec/sealing.md says must be enough to write an opener of one's own.
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests import vectors

GOLDEN = vectors.load("sealing")
KEM, KDF, AEAD = 0x647A, 0x0001, 0x0002
SUITE = b"HPKE" + b"".join(number.to_bytes(2, "big") for number in (KEM, KDF, AEAD))
LATTICE_CIPHERTEXT = 1088
ENCAPSULATED = 1120


def x_wing(private: bytes, encapsulated: bytes) -> bytes:
    """Return the shared secret (draft-connolly-cfrg-xwing-kem, section 5)."""
    curve = x25519.X25519PrivateKey.from_private_bytes(private[64:])
    lattice_part, curve_part = encapsulated[:LATTICE_CIPHERTEXT], encapsulated[LATTICE_CIPHERTEXT:]
    of_lattice = mlkem.MLKEM768PrivateKey.from_seed_bytes(private[:64]).decapsulate(lattice_part)
    of_curve = curve.exchange(x25519.X25519PublicKey.from_public_bytes(curve_part))
    own = curve.public_key().public_bytes_raw()
    return hashlib.sha3_256(of_lattice + of_curve + curve_part + own + rb"\.//^" + b"\\").digest()


def extract(salt: bytes, label: bytes, secret: bytes) -> bytes:
    """Return LabeledExtract (RFC 9180, section 4)."""
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + SUITE + label + secret, "sha256")


def expand(key: bytes, label: bytes, info: bytes, size: int) -> bytes:
    """Return LabeledExpand (RFC 9180, section 4); one block is enough here."""
    labelled = size.to_bytes(2, "big") + b"HPKE-v1" + SUITE + label + info
    return hmac.digest(key, labelled + b"\x01", "sha256")[:size]


def test_the_golden_epoch_opens_from_the_standards_alone() -> None:
    private, golden = bytes.fromhex(GOLDEN["key"]["private"]), GOLDEN["row"]
    wrapped, row = bytes.fromhex(golden["wrapped"]), bytes.fromhex(golden["row"])
    parts = (b"tocsin/v1/epoch", golden["campaign"].encode(), bytes.fromhex(golden["epoch"]))
    info = b"".join(len(part).to_bytes(2, "big") + part for part in parts)

    context = b"\x00" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(x_wing(private, wrapped[:ENCAPSULATED]), b"secret", b"")
    key, nonce = expand(secret, b"key", context, 32), expand(secret, b"base_nonce", context, 12)
    epoch_key = AESGCM(key).decrypt(nonce, wrapped[ENCAPSULATED:], b"")

    opened = AESGCM(epoch_key).decrypt(row[17:29], row[29:], row[:17])
    assert opened == bytes.fromhex(golden["salt"]) + golden["payload"].encode()
