"""Entries of the log, against the fixed vector of docs/spec/entries.md."""

import hashlib
from typing import Any

import pytest

from tests import vectors
from tocsin.tlog import entry
from tocsin.tlog.entry import Kind, Reason

VECTOR = vectors.load("entries")
CASES = {case["kind"]: case for case in VECTOR["entries"]}


def make(case: dict[str, Any]) -> bytes:
    match case["kind"]:
        case "sign":
            return entry.sign(case["campaign"], bytes.fromhex(case["C"]))
        case "withdraw":
            return entry.withdraw(case["campaign"], case["index"], Reason(case["reason"]))
        case "text_version":
            return entry.text_version(case["campaign"], bytes.fromhex(case["text_hash"]))
        case "sealing_key":
            return entry.sealing_key(case["campaign"], bytes.fromhex(case["key_hash"]))
        case _:
            return entry.successor(case["origin"], case["size"], bytes.fromhex(case["root"]))


def test_there_is_a_fixed_entry_of_every_kind() -> None:
    assert [Kind[kind.upper()] for kind in CASES] == list(Kind)


@pytest.mark.parametrize("kind", CASES)
def test_an_entry_comes_out_byte_for_byte(kind: str) -> None:
    case = CASES[kind]

    assert make(case).hex() == case["entry"]
    assert entry.leaf_hash(make(case)).hex() == case["leaf"]


def test_the_layout_is_what_the_specification_draws() -> None:
    commitment = bytes(range(32))

    assert entry.sign("demo", commitment) == b"\x01\x01" + b"\x00\x04demo" + commitment
    assert entry.withdraw("demo", 7, Reason.DUPLICATE) == b"\x01\x02\x00\x04demo" + bytes(7) + b"\x07" + b"\x02"
    assert entry.text_version("demo", commitment) == b"\x01\x03\x00\x04demo" + commitment
    assert entry.sealing_key("demo", commitment) == b"\x01\x04\x00\x04demo" + commitment
    assert entry.successor("log", 256, commitment) == b"\x01\x05\x00\x03log" + bytes(6) + b"\x01\x00" + commitment


def test_the_reasons_keep_their_numbers() -> None:
    assert {reason.name: reason.value for reason in Reason} == {"SIGNATORY": 1, "DUPLICATE": 2, "STRUCK": 3}


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_commitment_of_another_length_is_refused(size: int) -> None:
    for make_one in (entry.sign, entry.text_version, entry.sealing_key):
        with pytest.raises(ValueError, match="32 bytes"):
            make_one("demo", bytes(size))
    with pytest.raises(ValueError, match="32 bytes"):
        entry.successor("log", 1, bytes(size))


@pytest.mark.parametrize("index", [-1, 2**64])
def test_an_index_that_does_not_fit_is_refused(index: int) -> None:
    with pytest.raises(OverflowError):
        entry.withdraw("demo", index, Reason.SIGNATORY)


def test_a_leaf_is_not_the_plain_hash_so_that_no_leaf_passes_for_a_node() -> None:
    some = bytes.fromhex(CASES["sign"]["entry"])

    assert entry.leaf_hash(some) == hashlib.sha256(b"\x00" + some).digest()
    assert entry.leaf_hash(some) != hashlib.sha256(some).digest()


def test_flipping_any_bit_of_an_entry_changes_its_leaf() -> None:
    some = bytes.fromhex(CASES["sign"]["entry"])
    leaves = {entry.leaf_hash(some)}
    for place in range(len(some) * 8):
        flipped = bytearray(some)
        flipped[place // 8] ^= 1 << place % 8
        leaves.add(entry.leaf_hash(bytes(flipped)))

    assert len(leaves) == len(some) * 8 + 1
