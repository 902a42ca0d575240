"""lane.accept: what a client can read, and what it has already."""

import pytest

from tocsin.lane.accept import has_already, takes_gzip

TAGS = frozenset({'"abc"', '"abc-gzip"'})


@pytest.mark.parametrize(
    "line",
    ["gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "GZIP", "*", "identity, *;q=0.5", "gzip;q=0.001"],
)
def test_gzip_is_taken(line: str) -> None:
    assert takes_gzip(line)


@pytest.mark.parametrize("line", ["", "identity", "br", "gzip;q=0", "gzip; q=0.000", "*;q=0", "x-gzipped"])
def test_gzip_is_not_taken(line: str) -> None:
    assert not takes_gzip(line)


@pytest.mark.parametrize("line", ['"abc"', 'W/"abc-gzip"', '"old", "abc"', "*", ' W/"abc" , "x"'])
def test_a_known_tag_is_found(line: str) -> None:
    assert has_already(line, TAGS)


@pytest.mark.parametrize("line", ["", '"abcd"', "abc", 'w/"abc"'])
def test_another_tag_is_not(line: str) -> None:
    assert not has_already(line, TAGS)


def test_what_has_no_tags_is_had_by_nobody() -> None:
    assert not has_already("*", frozenset())
