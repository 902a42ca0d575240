"""Framing: what follows a length can never be read as something else."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.kit.framing import dh, lp, mac, sub

PARTS = st.lists(st.binary(max_size=40), max_size=6)


def parse(framed: bytes) -> list[bytes]:
    parts = []
    while framed:
        size = int.from_bytes(framed[:2], "big")
        parts.append(framed[2 : 2 + size])
        framed = framed[2 + size :]
    return parts


@given(PARTS)
def test_framed_parts_come_apart_again(parts: list[bytes]) -> None:
    assert parse(lp(*parts)) == parts


@given(PARTS, PARTS)
def test_other_parts_frame_to_other_bytes(one: list[bytes], other: list[bytes]) -> None:
    assert (lp(*one) == lp(*other)) == (one == other)


def test_an_empty_part_still_has_its_length() -> None:
    assert lp(b"", b"a") == b"\x00\x00\x00\x01a"


def test_a_part_too_long_for_its_length_is_refused() -> None:
    assert len(lp(bytes(65_535))) == 65_537
    with pytest.raises(OverflowError):
        lp(bytes(65_536))


def test_a_hash_is_sha256_over_its_framed_name_and_parts() -> None:
    framed = b"\x00\x0etocsin/v1/text" + b"\x00\x02hi"

    assert dh("text", b"hi") == hashlib.sha256(framed).digest()
    assert dh("texth", b"i") != dh("text", b"hi")


def test_a_sub_key_is_an_hmac_over_its_purpose() -> None:
    key = bytes(range(32))

    assert sub(key, "manage") == hmac.new(key, b"tocsin/v1/manage", hashlib.sha256).digest()
    assert sub(key, "manage") != sub(key, "receipt")


@given(st.binary(max_size=64), st.binary(max_size=300))
def test_our_hmac_is_the_standard_librarys(key: bytes, message: bytes) -> None:
    assert mac(key, message) == hmac.digest(key, message, "sha256")


def test_a_key_longer_than_a_block_is_refused() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        mac(bytes(65), b"")
