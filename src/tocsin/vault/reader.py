"""Reads sealed rows with a campaign's private keys, which it holds for as long as it lives."""

import contextlib
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tocsin.seal.epoch import SealBrokenError, epoch_id_of, open_epoch, open_row
from tocsin.vault.models import EpochKey


class Opened(NamedTuple):
    """What a sealed row holds."""

    salt: bytes
    payload: bytes


class Reader:
    """Opens one campaign's rows; an epoch is opened once and kept, as rows come in no order."""

    def __init__(self, private_keys: bytes | Sequence[bytes], slug: str) -> None:
        self._private_keys = [private_keys] if isinstance(private_keys, bytes) else list(private_keys)
        self._slug = slug
        self._ciphers: dict[bytes, AESGCM | None] = {}

    def open(self, row: bytes) -> Opened | None:
        """Return what `row` holds; None when it was changed, or is sealed to another key."""
        try:
            cipher = self._cipher(epoch_id_of(row))
            return None if cipher is None else Opened(*open_row(cipher, row))
        except SealBrokenError:
            return None

    def _cipher(self, epoch_id: bytes) -> AESGCM | None:
        if epoch_id not in self._ciphers:
            self._ciphers[epoch_id] = self._opened_epoch(epoch_id)
        return self._ciphers[epoch_id]

    def _opened_epoch(self, epoch_id: bytes) -> AESGCM | None:
        wrapped = EpochKey.objects.filter(id=epoch_id).values_list("wrapped", flat=True).first()
        if wrapped is None:
            return None
        # A row is sealed to the key that was in use when it was given, and keys are exchanged.
        for private_key in self._private_keys:
            with contextlib.suppress(SealBrokenError):
                return open_epoch(private_key, self._slug, epoch_id, bytes(wrapped))
        return None
