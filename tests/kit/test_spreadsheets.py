"""Cells stay text in every spreadsheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.kit.spreadsheets import cell


@pytest.mark.parametrize(
    "text, safe",
    [
        ("Maya Lindqvist", "Maya Lindqvist"),
        ("O'Brien", "O'Brien"),
        ("a=b", "a=b"),
        ("", ""),
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("|calc", "'|calc"),
        ("%0A", "'%0A"),
        ("＝1", "'＝1"),
        ("＠SUM", "'＠SUM"),
        ("\t=1", "'=1"),
        ("\r=1", "'=1"),
        ("\x00=1", "'=1"),
        ("  =1", "'=1"),
        ("one\ntwo", "one two"),
        ("one\r\n=two", "one  =two"),
        ("one\u2028=two", "one =two"),
        ('"quoted", and a comma', '"quoted", and a comma'),
    ],
)
def test_a_cell_is_text_whatever_it_began_with(text: str, safe: str) -> None:
    assert cell(text) == safe


@given(st.text())
def test_no_cell_begins_like_a_formula_or_spans_lines(text: str) -> None:
    safe = cell(text)

    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\x00", "|", "%", "＝", " "))
    assert len(safe.splitlines()) <= 1
    assert safe.isprintable() or not any(char in safe for char in "\t\r\n\x00")
