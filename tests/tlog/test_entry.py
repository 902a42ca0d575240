"""Entries of the log, against the fixed vector of docs/spec/entries.md."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import vectors
from tests.tlog.respelling import respell
from tocsin.tlog import entry
from tocsin.tlog.entry import (
    Entry,
    EntryError,
    Kind,
    Reason,
    SealingKey,
    Sign,
    Successor,
    TextVersion,
    Withdraw,
    parse,
)
from tocsin.tlog.hashing import leaf_hash

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
    assert leaf_hash(make(case)).hex() == case["leaf"]


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

    assert leaf_hash(some) == hashlib.sha256(b"\x00" + some).digest()
    assert leaf_hash(some) != hashlib.sha256(some).digest()


def test_flipping_any_bit_of_an_entry_changes_its_leaf() -> None:
    some = bytes.fromhex(CASES["sign"]["entry"])
    leaves = {leaf_hash(some)}
    for place in range(len(some) * 8):
        flipped = bytearray(some)
        flipped[place // 8] ^= 1 << place % 8
        leaves.add(leaf_hash(bytes(flipped)))

    assert len(leaves) == len(some) * 8 + 1


# What the published entries say, read back.
MEANT: dict[str, Entry] = {
    "sign": Sign("demo", bytes.fromhex(CASES["sign"]["C"])),
    "withdraw": Withdraw("demo", 258, Reason.STRUCK),
    "text_version": TextVersion("demo", bytes.fromhex(CASES["text_version"]["text_hash"])),
    "sealing_key": SealingKey("demo", bytes.fromhex(CASES["sealing_key"]["key_hash"])),
    "successor": Successor("log.example.org/tally", 65_537, bytes.fromhex(CASES["successor"]["root"])),
}


@pytest.mark.parametrize("kind", CASES)
def test_an_entry_is_read_as_what_it_says(kind: str) -> None:
    assert parse(bytes.fromhex(CASES[kind]["entry"])) == MEANT[kind]


@pytest.mark.parametrize("kind", CASES)
def test_an_entry_that_is_cut_or_too_long_is_refused(kind: str) -> None:
    whole = bytes.fromhex(CASES[kind]["entry"])
    for spoiled in [*(whole[:length] for length in range(len(whole))), whole + b"\x00", whole + whole]:
        with pytest.raises(EntryError):
            parse(spoiled)


@pytest.mark.parametrize("kind", CASES)
def test_each_flipped_bit_makes_another_entry_or_none(kind: str) -> None:
    whole = bytes.fromhex(CASES[kind]["entry"])
    for place in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[place // 8] ^= 1 << place % 8
        try:
            read = parse(bytes(flipped))
        except EntryError:
            continue
        assert read != MEANT[kind]
        assert respell(read) == bytes(flipped)


@given(st.binary(max_size=90))
def test_whatever_is_accepted_is_spelled_the_one_way(data: bytes) -> None:
    for head in (b"", b"\x01", b"\x01\x01\x00\x04", b"\x01\x02\x00\x01a", b"\x01\x05"):
        try:
            read = parse(head + data)
        except EntryError:
            continue
        assert respell(read) == head + data


@pytest.mark.parametrize("version", [0, 2, 255])
def test_another_version_is_refused(version: int) -> None:
    with pytest.raises(EntryError, match="version"):
        parse(bytes([version]) + entry.sign("demo", bytes(32))[1:])


@pytest.mark.parametrize("kind", [0, 6, 255])
def test_a_kind_that_does_not_exist_is_refused(kind: int) -> None:
    with pytest.raises(EntryError, match="five kinds"):
        parse(b"\x01" + bytes([kind]) + entry.sign("demo", bytes(32))[2:])


@pytest.mark.parametrize("reason", [0, 4, 255])
def test_a_reason_that_does_not_exist_is_refused(reason: int) -> None:
    with pytest.raises(EntryError, match="three reasons"):
        parse(entry.withdraw("demo", 1, Reason.STRUCK)[:-1] + bytes([reason]))


@pytest.mark.parametrize("name", ["", " ", "a b", "a\n", "\x1b[2J", "\u202edemo", "\u200b", "\x00"])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    with pytest.raises(EntryError, match="names nothing that can be shown"):
        parse(entry.sign(name, bytes(32)))


def test_a_name_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(EntryError):
        parse(entry.sign("demo", bytes(32)).replace(b"demo", b"d\xffmo"))
