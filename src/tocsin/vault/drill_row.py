"""The test row that a keyholder opens before a campaign may open: sealed exactly as signatures are."""

import hashlib
import hmac
import os

from tocsin.seal.commitment import SALT_BYTES
from tocsin.seal.epoch import SealBrokenError, begin_epoch, epoch_id_of, open_epoch, open_row
from tocsin.vault.drill_code import code_of, hash_of_code

# Stands where a signature has its campaign's slug; no slug has a slash, so neither passes for the other.
NAME = "tocsin/drill"
_CONTENT = b'{"drill":true}'


def seal_drill_row(public_key: bytes) -> tuple[bytes, bytes]:
    """Return a test row sealed to a campaign's key, and its wrapped epoch."""
    epoch = begin_epoch(public_key, NAME)
    return epoch.seal(os.urandom(SALT_BYTES), _CONTENT), epoch.wrapped


def seal_coded_drill_row(public_key: bytes) -> tuple[bytes, bytes, bytes]:
    """Return a test row, its wrapped epoch, and the hash of the code that opening it on a laptop gives."""
    epoch, salt = begin_epoch(public_key, NAME), os.urandom(SALT_BYTES)
    return epoch.seal(salt, _CONTENT), epoch.wrapped, hash_of_code(code_of(salt))


def opens_drill_row(private_key: bytes, row: bytes, wrapped: bytes) -> bool:
    """Say whether a private key opens the test row."""
    try:
        _, content = open_row(open_epoch(private_key, NAME, epoch_id_of(row), wrapped), row)
    except SealBrokenError:
        return False
    return hmac.compare_digest(hashlib.sha256(content).digest(), hashlib.sha256(_CONTENT).digest())
