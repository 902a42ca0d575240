"""cli.bench.forms: the campaign's form is read from its page."""

import pytest

from tocsin.cli.bench.forms import fetch, hidden_fields
from tocsin.cli.bench.processes import BenchError, free_port

PAGE = """
<form action="/en/x/lost/"><input type="hidden" name="not" value="mine"></form>
<form method="post" action="/en/x/sign"><input type="hidden" name="text_hash" value="a&amp;b">
<input name="name" value="typed">
<input type="hidden" name="privacy" value="1"></form><input type="hidden" name="after" value="no">
"""


def test_the_hidden_fields_of_the_right_form_are_found() -> None:
    assert hidden_fields(PAGE, "/sign") == {"text_hash": "a&b", "privacy": "1"}


def test_a_page_without_the_form_is_told() -> None:
    with pytest.raises(BenchError, match="no form"):
        hidden_fields("<p>closed</p>", "/sign")


def test_nobody_there_is_told() -> None:
    with pytest.raises(OSError, match="refused"):
        fetch(free_port(), "/")
