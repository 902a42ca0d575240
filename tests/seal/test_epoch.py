"""Rows open with the campaign's private key, whole and in their own epoch, or not at all."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import vectors
from tocsin.seal import epoch as epochs
from tocsin.seal.epoch import SealBrokenError

GOLDEN = vectors.load("sealing")
PRIVATE = bytes.fromhex(GOLDEN["key"]["private"])
PUBLIC = bytes.fromhex(GOLDEN["key"]["public"])
SALT = bytes(range(32))
OPEN_EPOCH = epochs.begin_epoch(PUBLIC, "demo")


def opened(row: bytes, epoch: epochs.Epoch = OPEN_EPOCH, campaign: str = "demo") -> tuple[bytes, bytes]:
    return epochs.open_row(epochs.open_epoch(PRIVATE, campaign, epochs.epoch_id_of(row), epoch.wrapped), row)


@given(st.binary(max_size=400))
def test_a_sealed_row_opens(payload: bytes) -> None:
    assert opened(OPEN_EPOCH.seal(SALT, payload)) == (SALT, payload)


def test_the_row_of_the_golden_file_opens() -> None:
    golden = GOLDEN["row"]
    row = bytes.fromhex(golden["row"])

    cipher = epochs.open_epoch(PRIVATE, golden["campaign"], epochs.epoch_id_of(row), bytes.fromhex(golden["wrapped"]))

    assert epochs.epoch_id_of(row).hex() == golden["epoch"]
    assert epochs.open_row(cipher, row) == (bytes.fromhex(golden["salt"]), golden["payload"].encode())


def test_the_public_half_follows_from_the_private_one() -> None:
    assert epochs.public_of(PRIVATE) == PUBLIC
    assert hashlib.sha256(PUBLIC).hexdigest() == GOLDEN["key"]["fingerprint"]

    private, public = epochs.new_key_pair()
    assert epochs.public_of(private) == public
    assert (len(private), len(public)) == (96, 1216)


def test_a_row_is_laid_out_as_the_specification_draws() -> None:
    row = OPEN_EPOCH.seal(SALT, b"{}")

    assert row[:17] == b"\x01" + OPEN_EPOCH.id
    assert len(row) == 1 + 16 + 12 + 32 + 2 + 16


def test_flipping_any_bit_breaks_a_row() -> None:
    row = OPEN_EPOCH.seal(SALT, b"{}")
    cipher = epochs.open_epoch(PRIVATE, "demo", OPEN_EPOCH.id, OPEN_EPOCH.wrapped)
    for place in range(len(row) * 8):
        flipped = bytearray(row)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(SealBrokenError):
            epochs.open_row(cipher, bytes(flipped))


def test_a_row_cut_anywhere_is_broken() -> None:
    row = OPEN_EPOCH.seal(SALT, b"{}")
    cipher = epochs.open_epoch(PRIVATE, "demo", OPEN_EPOCH.id, OPEN_EPOCH.wrapped)
    for size in range(len(row)):
        with pytest.raises(SealBrokenError):
            epochs.open_row(cipher, row[:size])


@pytest.mark.parametrize("row", [b"", b"\x00", b"\x02" + bytes(60)])
def test_a_row_of_another_version_says_so(row: bytes) -> None:
    with pytest.raises(SealBrokenError, match="version"):
        epochs.epoch_id_of(row)


def test_flipping_any_byte_of_a_wrapped_epoch_breaks_it() -> None:
    for place in range(len(OPEN_EPOCH.wrapped)):
        flipped = bytearray(OPEN_EPOCH.wrapped)
        flipped[place] ^= 1
        with pytest.raises(SealBrokenError):
            epochs.open_epoch(PRIVATE, "demo", OPEN_EPOCH.id, bytes(flipped))


def test_an_epoch_belongs_to_one_key_one_campaign_and_one_id() -> None:
    others_private, _ = epochs.new_key_pair()

    with pytest.raises(SealBrokenError):
        epochs.open_epoch(others_private, "demo", OPEN_EPOCH.id, OPEN_EPOCH.wrapped)
    with pytest.raises(SealBrokenError):
        epochs.open_epoch(PRIVATE, "other", OPEN_EPOCH.id, OPEN_EPOCH.wrapped)
    with pytest.raises(SealBrokenError):
        epochs.open_epoch(PRIVATE, "demo", bytes(16), OPEN_EPOCH.wrapped)


def test_a_row_does_not_pass_for_another_epochs() -> None:
    other = epochs.begin_epoch(PUBLIC, "demo")
    row = OPEN_EPOCH.seal(SALT, b"{}")

    with pytest.raises(SealBrokenError):
        opened(row, other)


def test_a_key_of_the_wrong_size_opens_nothing() -> None:
    for key in (b"", PRIVATE[:-1], PRIVATE + b"\x00"):
        with pytest.raises(SealBrokenError):
            epochs.open_epoch(key, "demo", OPEN_EPOCH.id, OPEN_EPOCH.wrapped)


def test_epochs_and_rows_never_repeat_and_rows_are_counted() -> None:
    one, other = epochs.begin_epoch(PUBLIC, "demo"), epochs.begin_epoch(PUBLIC, "demo")

    assert one.id != other.id
    assert len({one.seal(SALT, b"same") for _ in range(50)}) == 50
    assert one.rows == 50


def test_nothing_of_a_payload_can_be_read_in_a_row() -> None:
    row = OPEN_EPOCH.seal(SALT, b"maya@example.org")

    assert b"maya" not in row
    assert SALT not in row
