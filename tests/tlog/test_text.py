"""One spelling for each number and each string of bytes."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.tlog.text import SpellingError, from_base64, from_decimal, to_base64


@given(st.binary(max_size=100))
def test_bytes_go_there_and_back(raw: bytes) -> None:
    assert to_base64(raw) == base64.b64encode(raw).decode()
    assert from_base64(to_base64(raw)) == raw


@pytest.mark.parametrize(
    "text",
    [
        "A",
        "AA",
        "AAA",
        "AA=",
        "AA==\n",
        " AA==",
        "AA==AA==",
        "AB==",
        "AAB=",
        "A-==",
        "A_==",
        "ÄA==",
        "AA===",
        "=",
        "\ud800",
    ],
)
def test_other_spellings_of_bytes_are_refused(text: str) -> None:
    with pytest.raises(SpellingError):
        from_base64(text)


@given(st.integers(0, 2**63 - 1))
def test_numbers_go_there_and_back(number: int) -> None:
    assert from_decimal(str(number)) == number


@pytest.mark.parametrize(
    "text",
    ["", "00", "01", "+1", "-1", " 1", "1 ", "1\n", "1_0", "1.0", "1e3", "0x1", "١", "９", str(2**63), "9" * 5000],
)
def test_other_spellings_of_numbers_are_refused(text: str) -> None:
    with pytest.raises(SpellingError):
        from_decimal(text)
