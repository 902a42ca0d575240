"""docs/verify/examination.md names tests that are there, and leaves no attack of the list out."""

import ast
import re
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "verify" / "examination.md"
ATTACKS = range(1, 41)
_NAMED = re.compile(r"`([a-z_/]+\.py)::(\w+)`")
_ROW = re.compile(r"^\| (\d+) \| .* \| `[a-z_/]+\.py::\w+` \|$", re.MULTILINE)


@cache
def names_in(path: str) -> frozenset[str]:
    """Return the names of a file's tests; none when there is no such file."""
    file = TESTS / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def missing(page: str) -> list[str]:
    """Return the tests that a page names and nobody has written."""
    return [f"{path}::{name}" for path, name in _NAMED.findall(page) if name not in names_in(path)]


def test_every_test_it_names_exists() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert missing(page) == []
    assert len(_NAMED.findall(page)) > 60


def test_every_attack_has_its_line() -> None:
    page = PAGE.read_text(encoding="utf-8")
    numbered = [line for line in page.splitlines() if re.match(r"\| \d", line)]
    found = _ROW.findall(page)
    assert {int(number) for number in found} == set(ATTACKS)
    assert len(found) == len(numbered), "each numbered line ends with its test"


def test_a_test_that_was_renamed_would_be_missed() -> None:
    assert missing("`house/test_examination.py::test_that_is_not_there`") != []
    assert missing("`house/test_elsewhere.py::test_every_attack_has_its_line`") != []
    assert missing("`house/test_examination.py::test_every_attack_has_its_line`") == []
