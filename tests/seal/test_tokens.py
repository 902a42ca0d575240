"""Tokens: what stands in the mail, and the little that is stored of it."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import vectors
from tocsin.seal import tokens

GOLDEN = vectors.load("entries")["signature"]
TOKENS = st.binary(min_size=32, max_size=32)
ALPHABET = string.ascii_letters + string.digits + "-_"


@given(TOKENS)
def test_a_token_survives_its_link(token: bytes) -> None:
    text = tokens.to_text(token)

    assert len(text) == 43
    assert set(text) <= set(ALPHABET)
    assert tokens.from_text(text) == token


def test_the_fixed_token_stands_in_its_link_as_written_down() -> None:
    token = bytes.fromhex(GOLDEN["T"])

    assert tokens.to_text(token) == GOLDEN["link_text"]
    assert tokens.from_text(GOLDEN["link_text"]) == token


@given(TOKENS, st.sampled_from(ALPHABET))
def test_a_token_has_one_spelling(token: bytes, last: str) -> None:
    text = tokens.to_text(token)
    other = text[:-1] + last

    found = tokens.from_text(other)

    assert found is None or tokens.to_text(found) == other
    assert (found == token) == (other == text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A" * 42,
        "A" * 44,
        "A" * 43 + "=",
        "A" * 42 + "+",
        "A" * 42 + "/",
        "A" * 42 + " ",
        "A" * 42 + "é",
        "\n" + "A" * 42,
    ],
)
def test_what_is_no_token_is_none(text: str) -> None:
    assert tokens.from_text(text) is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = tokens.from_text(text)

    assert found is None or tokens.to_text(found) == text


def test_tokens_are_fresh_and_long() -> None:
    made = {tokens.new_token() for _ in range(100)}

    assert len(made) == 100
    assert {len(token) for token in made} == {32}


def test_what_is_stored_leads_back_to_no_token() -> None:
    token = tokens.new_token()
    manage = tokens.manage_token(token)

    assert len({token, manage, tokens.receipt_key(token), tokens.token_hash(token), tokens.token_hash(manage)}) == 5
