"""Commitments: the fixed vector, worked out a second time by hand, and what changes them."""

import hashlib
import hmac
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import vectors
from tocsin.seal import commitment as made
from tocsin.seal import tokens

GOLDEN = vectors.load("entries")["signature"]


@dataclass(frozen=True)
class Signed:
    """All that one signature commits to."""

    token: bytes = bytes.fromhex(GOLDEN["T"])
    salt: bytes = bytes.fromhex(GOLDEN["salt"])
    campaign: str = GOLDEN["campaign"]
    text: str = GOLDEN["text"]
    address: str = GOLDEN["address"]
    payload: bytes = GOLDEN["payload"].encode()


def commit(signed: Signed) -> str:
    return made.commitment(
        signed.campaign,
        made.text_hash(signed.text),
        made.payload_commitment(signed.salt, signed.payload),
        made.bind(signed.token, signed.address),
    ).hex()


def test_the_fixed_vector_comes_out() -> None:
    signed = Signed()

    assert made.text_hash(signed.text).hex() == GOLDEN["text_hash"]
    assert made.payload_commitment(signed.salt, signed.payload).hex() == GOLDEN["pc"]
    assert made.bind(signed.token, signed.address).hex() == GOLDEN["bind"]
    assert tokens.manage_token(signed.token).hex() == GOLDEN["manage_token"]
    assert tokens.token_hash(signed.token).hex() == GOLDEN["token_hash"]
    assert tokens.token_hash(tokens.manage_token(signed.token)).hex() == GOLDEN["manage_hash"]
    assert tokens.receipt_key(signed.token).hex() == GOLDEN["receipt_key"]
    assert commit(signed) == GOLDEN["C"]


def test_the_fixed_vector_comes_out_with_nothing_but_hashlib() -> None:
    def dh(domain: str, *parts: bytes) -> bytes:
        framed = b"".join(len(part).to_bytes(2, "big") + part for part in (b"tocsin/v1/" + domain.encode(), *parts))
        return hashlib.sha256(framed).digest()

    def sub(key: bytes, word: str) -> bytes:
        return hmac.new(key, b"tocsin/v1/" + word.encode(), hashlib.sha256).digest()

    token = bytes(range(32))
    manage = sub(token, "manage")
    payload = '{"email":"ana@example.org","m":"' + manage.hex() + '","name":"Ana"}'
    pc = dh("payload", b"\x09" * 32, payload.encode())
    bind = hmac.new(sub(token, "receipt"), b"ana@example.org", hashlib.sha256).digest()
    text = dh("text", b"We ask for clean rivers.")

    assert dh("sign", b"demo", text, pc, bind).hex() == GOLDEN["C"]
    # From the project's contract, so that vector and code cannot drift together.
    assert GOLDEN["C"] == "d7989df21878d936761f1c20aa9cf6c6430ef2a05e4e49e588d1e600e37133b1"


@pytest.mark.parametrize(
    "changed",
    [
        {"token": bytes(32)},
        {"salt": bytes(32)},
        {"campaign": "dem0"},
        {"text": "We ask for clean rivers"},
        {"address": "ana@example.com"},
        {"payload": GOLDEN["payload"].replace("Ana", "Eva").encode()},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_everything_that_was_signed_is_part_of_the_commitment(changed: dict[str, Any]) -> None:
    assert commit(replace(Signed(), **changed)) != GOLDEN["C"]


@pytest.mark.parametrize("field", ["token", "salt", "payload"])
def test_flipping_any_one_bit_changes_the_commitment(field: str) -> None:
    whole: bytes = getattr(Signed(), field)
    for place in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << place % 8
        changed: dict[str, Any] = {field: bytes(flipped)}
        assert commit(replace(Signed(), **changed)) != GOLDEN["C"]


def test_a_payload_is_canonical_whatever_the_order_of_its_keys() -> None:
    forwards = {"email": "ana@example.org", "m": GOLDEN["manage_token"], "name": "Ana"}
    backwards = dict(reversed(forwards.items()))

    assert made.payload_bytes(forwards) == made.payload_bytes(backwards) == GOLDEN["payload"].encode()


def test_a_payload_keeps_letters_as_they_are() -> None:
    assert made.payload_bytes({"name": "محمد"}) == '{"name":"محمد"}'.encode()


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_two_addresses_never_bind_alike(one: str, other: str) -> None:
    token = tokens.new_token()

    assert (made.bind(token, one) == made.bind(token, other)) == (one == other)
