"""Entry bundles: what goes in comes out, and nothing that is cut or too much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.tlog.bundles import BundleError, decode, encode

SOME = [b"one", b"", b"three", bytes(70)]


def test_each_entry_stands_behind_its_length() -> None:
    assert encode([b"ab", b""]) == b"\x00\x02ab\x00\x00"
    assert encode([bytes(300)])[:2] == b"\x01\x2c"


@given(st.lists(st.binary(max_size=400), min_size=1, max_size=256))
def test_what_goes_in_comes_out(entries: list[bytes]) -> None:
    assert decode(encode(entries), width=len(entries)) == entries


@given(st.integers(1, 256), st.integers(0, 300))
def test_entries_of_one_length_come_out_too(count: int, length: int) -> None:
    entries = [bytes([place % 256]) * length for place in range(count)]

    assert decode(encode(entries)) == entries


def test_one_length_that_only_looks_even_is_read_as_it_is() -> None:
    # Both are 12 bytes that begin 00 04; only the first is two entries of four.
    assert decode(bytes.fromhex("00040000000000040000 0000")) == [bytes(4), bytes(4)]
    assert decode(bytes.fromhex("000400000000000200000000")) == [bytes(4), bytes(2), b""]


@given(st.binary(max_size=600))
def test_whatever_is_accepted_is_spelled_the_one_way(data: bytes) -> None:
    try:
        entries = decode(data)
    except BundleError:
        return
    assert encode(entries) == data


def test_every_cut_is_refused_or_ends_between_two_entries() -> None:
    data = encode(SOME)
    ends = [len(encode(SOME[:count])) for count in range(1, len(SOME))]
    for length in range(len(data)):
        if length in ends:
            assert decode(data[:length]) == SOME[: ends.index(length) + 1]
        else:
            with pytest.raises(BundleError):
                decode(data[:length])


def test_a_bundle_holds_1_to_256_entries() -> None:
    assert len(decode(encode([b"x"] * 256))) == 256
    assert len(decode(encode([b""] * 256))) == 256
    for entries in ([], [b"x"] * 257, [b""] * 257, [b"x", b""] * 129):
        with pytest.raises(BundleError, match="1 to 256"):
            decode(encode(entries))


@pytest.mark.parametrize("width", [3, 5, 256])
def test_a_bundle_of_another_width_than_its_path_says_is_refused(width: int) -> None:
    with pytest.raises(BundleError, match=f"should hold {width} entries, and holds 4"):
        decode(encode(SOME), width=width)


def test_the_longest_entry_and_the_one_too_long() -> None:
    assert decode(encode([bytes(65_535)])) == [bytes(65_535)]
    with pytest.raises(OverflowError):
        encode([bytes(65_536)])
