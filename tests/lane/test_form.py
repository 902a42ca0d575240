"""lane.form: reads what browsers send, as the standard library does, and refuses the rest."""

import contextlib
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.lane.form import BadFormError, read_form

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NAMES = st.text("abcdefghij_", min_size=1, max_size=8)


@given(st.dictionaries(NAMES, TEXTS, max_size=20))
def test_reads_back_what_was_encoded(fields: dict[str, str]) -> None:
    body = urlencode(fields).encode()
    assert read_form(body) == fields == dict(parse_qsl(body.decode(), keep_blank_values=True))


@pytest.mark.parametrize(
    "body", [b"name=%ff", b"na\xc3me=x", b"name=\xff", b"&".join([b"a=b"] * 81), b"name=%ed%a0%80"]
)
def test_refuses_what_no_browser_sends(body: bytes) -> None:
    with pytest.raises(BadFormError):
        read_form(body)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fall_over(body: bytes) -> None:
    with contextlib.suppress(BadFormError):
        read_form(body)


@given(st.text("%=abcdefAB019_+ \r\n\t", max_size=60))
def test_escapes_are_read_as_the_standard_library_reads_them(value: str) -> None:
    plain = value.encode().replace(b"+", b" ")
    try:
        expected = unquote_to_bytes(plain).decode()
    except UnicodeDecodeError:
        with pytest.raises(BadFormError):
            read_form(b"a=" + value.encode())
    else:
        assert read_form(b"a=" + value.encode()) == {"a": expected}
