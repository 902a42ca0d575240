"""The second step for browsers without JavaScript: what was typed, sealed, waits with its reader.

Who cannot solve a proof of work waits some seconds instead and presses once more. Nothing is
stored meanwhile: the page itself carries the form, sealed under a key of this server.
"""

import secrets
from datetime import datetime
from enum import Enum
from typing import NamedTuple

import orjson

from tocsin.kit.keyfiles import server_key
from tocsin.seal.box import Box, BoxBrokenError
from tocsin.seal.tokens import from_base64, to_base64
from tocsin.signing.domain import Proof

_VALID_SECONDS = 3_600
_NONCE_BYTES = 16


class HoldFlaw(Enum):
    """Why a second step is not accepted; the names are also metrics."""

    SECOND_STEP_BROKEN = "broken"
    SECOND_STEP_EXPIRED = "expired"


class Held(NamedTuple):
    """A form that waited: its values, and the seconds it still has to wait."""

    values: dict[str, str]
    proof: Proof
    seconds_left: int


class HoldBox:
    """Seals forms into pages and opens them again."""

    def __init__(self, key: bytes, wait_seconds: int) -> None:
        self._box = Box(key)
        self.wait_seconds = wait_seconds

    def seal(self, slug: str, values: dict[str, str], now: datetime) -> str:
        """Return `values` as text for a hidden field of `slug`'s form."""
        content = orjson.dumps([int(now.timestamp()), secrets.token_hex(_NONCE_BYTES), values])
        return to_base64(self._box.seal(_purpose(slug), content))

    def open(self, slug: str, sealed: str, now: datetime) -> Held | HoldFlaw:
        """Return the form that `seal` put away; it may still have to wait."""
        raw = from_base64(sealed)
        if raw is None:
            return HoldFlaw.SECOND_STEP_BROKEN
        try:
            begun, nonce, values = orjson.loads(self._box.open(_purpose(slug), raw))
        except BoxBrokenError:
            return HoldFlaw.SECOND_STEP_BROKEN
        waited = int(now.timestamp()) - begun
        if waited > _VALID_SECONDS:
            return HoldFlaw.SECOND_STEP_EXPIRED
        proof = Proof(begun + _VALID_SECONDS, bytes.fromhex(nonce))
        return Held(values, proof, max(0, self.wait_seconds - waited))


def hold_box(wait_seconds: int) -> HoldBox:
    """Return this server's box for second steps, the same in each of its processes."""
    return HoldBox(server_key("second step"), wait_seconds)


def _purpose(slug: str) -> bytes:
    return b"form:" + slug.encode()
