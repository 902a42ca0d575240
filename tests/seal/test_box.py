"""Boxes open with their key and for their purpose, whole, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import vectors
from tocsin.seal.box import Box, BoxBrokenError, own_copy_box
from tocsin.seal.tokens import manage_token, new_token

KEY = bytes(range(32))
GOLDEN = vectors.load("sealing")


@given(st.binary(max_size=300), st.binary(max_size=20))
def test_what_was_sealed_comes_out(content: bytes, purpose: bytes) -> None:
    box = Box(KEY)

    assert box.open(purpose, box.seal(purpose, content)) == content


def test_a_box_of_the_golden_file_opens() -> None:
    golden = GOLDEN["box"]
    box = Box(bytes.fromhex(golden["key"]))

    assert box.open(golden["purpose"].encode(), bytes.fromhex(golden["box"])) == golden["content"].encode()


def test_an_own_copy_of_the_golden_file_opens_with_the_manage_token() -> None:
    golden = GOLDEN["own_copy"]
    box = own_copy_box(bytes.fromhex(golden["manage_token"]))

    opened = box.open(golden["purpose"].encode(), bytes.fromhex(golden["box"]))

    assert opened == bytes.fromhex(golden["salt"]) + golden["payload"].encode()


def test_flipping_any_bit_breaks_a_box() -> None:
    box = Box(KEY)
    sealed = box.seal(b"mail", b"maya@example.org")
    for place in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(BoxBrokenError):
            box.open(b"mail", bytes(flipped))


def test_a_box_cut_anywhere_is_broken() -> None:
    box = Box(KEY)
    sealed = box.seal(b"mail", b"maya@example.org")
    for size in range(len(sealed)):
        with pytest.raises(BoxBrokenError):
            box.open(b"mail", sealed[:size])


def test_another_purpose_or_key_opens_nothing() -> None:
    sealed = Box(KEY).seal(b"mail", b"maya@example.org")

    with pytest.raises(BoxBrokenError):
        Box(KEY).open(b"list", sealed)
    with pytest.raises(BoxBrokenError):
        Box(bytes(32)).open(b"mail", sealed)


def test_the_same_content_never_seals_alike() -> None:
    box = Box(KEY)

    assert len({box.seal(b"mail", b"same") for _ in range(100)}) == 100


def test_nothing_of_the_content_can_be_read_in_a_box() -> None:
    assert b"maya" not in Box(KEY).seal(b"mail", b"maya@example.org")


def test_only_who_holds_the_manage_token_opens_an_own_copy() -> None:
    mayas, quinns = manage_token(new_token()), manage_token(new_token())
    sealed = own_copy_box(mayas).seal(b"own-copy", b"{}")

    assert own_copy_box(mayas).open(b"own-copy", sealed) == b"{}"
    with pytest.raises(BoxBrokenError):
        own_copy_box(quinns).open(b"own-copy", sealed)
