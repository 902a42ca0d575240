"""Solved proofs of work, made in bulk with the server's own key.

Verifying is what a server does for each signature, and what is measured; finding a solution is
the browser's work. The challenges are the server's own in every byte, and their solution is
known because their counter was chosen here.
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass

import orjson

_COST = 10
_COUNTER = (5_000).to_bytes(4, "big")
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class ProofMaker:
    """Makes the solved challenges of one campaign; `challenge` and `derived` are the server's keys."""

    challenge: bytes
    derived: bytes
    campaign: str

    def solved(self, expires_at: int) -> str:
        """Return one solved challenge as the widget posts it."""
        nonce, salt = os.urandom(16), os.urandom(16)
        key = salt + nonce + _COUNTER
        for _ in range(_COST):
            key = hashlib.sha256(key).digest()
        parameters = {
            "algorithm": "SHA-256",
            "cost": _COST,
            "data": {"campaign": self.campaign},
            "expiresAt": expires_at,
            "keyLength": _KEY_BYTES,
            "keyPrefix": key[: _KEY_BYTES // 2].hex(),
            "keySignature": hmac.digest(self.derived, key, "sha256").hex(),
            "nonce": nonce.hex(),
            "salt": salt.hex(),
        }
        signature = hmac.digest(self.challenge, orjson.dumps(parameters), "sha256").hex()
        payload = {
            "challenge": {"parameters": parameters, "signature": signature},
            "solution": {"counter": int.from_bytes(_COUNTER, "big"), "derivedKey": key.hex(), "time": 900},
        }
        return base64.b64encode(orjson.dumps(payload)).decode("ascii")
