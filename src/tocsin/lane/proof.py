"""Proof of work against robots: ALTCHA's version 2 with its SHA-256 derivation.

The widget, the minting and the format are altcha's. Verifying is ours, because it runs for
every signature and altcha's general path costs ten times as much: we accept exactly the
challenges that this server minted, so their canonical JSON is the sorted JSON. A test holds
every verdict against altcha's own.
"""

import hmac
import secrets
from binascii import a2b_base64
from datetime import datetime
from enum import Enum
from typing import Any, cast

import altcha
import orjson

from tocsin.kit.framing import mac
from tocsin.kit.keyfiles import server_key
from tocsin.signing.domain import Proof

# A phone of ten years ago hashes some 20,000 times a second: about two seconds on average.
_COST = 10
_LEAST_COUNTER, _MOST_COUNTER = 2_000, 8_000
VALID_SECONDS = 1_200
_PAYLOAD_LIMIT = 4_096


class ProofFlaw(Enum):
    """Why a proof is not accepted; the names are also metrics."""

    PROOF_UNREADABLE = "unreadable"
    PROOF_FORGED = "forged"
    PROOF_EXPIRED = "expired"
    PROOF_OF_ANOTHER_CAMPAIGN = "of another campaign"


class ProofKeys:
    """The two keys of proofs: one signs challenges, one the derived keys."""

    __slots__ = ("challenge", "derived")

    def __init__(self, challenge: bytes, derived: bytes) -> None:
        self.challenge = challenge
        self.derived = derived


def proof_keys() -> ProofKeys:
    """Return this server's keys, the same in each of its processes."""
    return ProofKeys(server_key("proof of work"), server_key("proof of work, derived"))


def mint(keys: ProofKeys, campaign: str, now: datetime) -> altcha.Challenge:
    """Return a fresh challenge for one campaign; nothing is stored until it is solved and used."""
    return altcha.create_challenge(
        "SHA-256",
        _COST,
        counter=_LEAST_COUNTER + secrets.randbelow(_MOST_COUNTER - _LEAST_COUNTER),
        expires_at=int(now.timestamp()) + VALID_SECONDS,
        data={"campaign": campaign},
        hmac_secret=keys.challenge,
        hmac_key_secret=keys.derived,
    )


def verify(keys: ProofKeys, payload: str, campaign: str, now: datetime) -> Proof | ProofFlaw:
    """Return the proof that a solved challenge is, or what is wrong with it; costs microseconds."""
    parameters = _read_ours(keys, payload)
    if isinstance(parameters, ProofFlaw):
        return parameters
    if parameters["expiresAt"] < now.timestamp():
        return ProofFlaw.PROOF_EXPIRED
    if parameters["data"]["campaign"] != campaign:
        return ProofFlaw.PROOF_OF_ANOTHER_CAMPAIGN
    return Proof(parameters["expiresAt"], bytes.fromhex(parameters["nonce"]))


def _read_ours(keys: ProofKeys, payload: str) -> dict[str, Any] | ProofFlaw:
    """Return the parameters of a challenge that we minted and somebody solved."""
    if len(payload) > _PAYLOAD_LIMIT:
        return ProofFlaw.PROOF_UNREADABLE
    try:
        sent = orjson.loads(a2b_base64(payload, strict_mode=True))
        parameters, signature = sent["challenge"]["parameters"], bytes.fromhex(sent["challenge"]["signature"])
        derived = bytes.fromhex(sent["solution"]["derivedKey"])
        canonical = orjson.dumps(parameters, option=orjson.OPT_SORT_KEYS)
    except (ValueError, KeyError, TypeError):  # binascii's and orjson's errors are ValueErrors
        return ProofFlaw.PROOF_UNREADABLE
    # First the signature: past it, every parameter is one that we wrote.
    if not hmac.compare_digest(mac(keys.challenge, canonical), signature):
        return ProofFlaw.PROOF_FORGED
    if not hmac.compare_digest(mac(keys.derived, derived), bytes.fromhex(parameters["keySignature"])):
        return ProofFlaw.PROOF_FORGED
    return cast("dict[str, Any]", parameters)
