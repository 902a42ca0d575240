"""The house rules that no linter knows: names that say something, files one can read in a sitting."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "service", "services", "misc"}
LONGEST_FILE = 400
LONGEST_FUNCTION = 50


def modules(*folders: str) -> list[Path]:
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def is_too_long(length: int, most: int) -> bool:
    return length > most


def has_empty_name(path: Path) -> bool:
    return path.stem in EMPTY_NAMES or bool(EMPTY_NAMES & set(path.parts))


def test_no_module_is_named_for_nothing() -> None:
    assert [path for path in modules("src", "tests") if has_empty_name(path.relative_to(ROOT))] == []


def test_no_file_is_longer_than_a_sitting() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules("src", "tests")}
    assert {path: size for path, size in sizes.items() if is_too_long(size, LONGEST_FILE)} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    sizes = {f"{path}:{name}": size for path in modules("src") for name, size in functions(path)}
    assert {place: size for place, size in sizes.items() if is_too_long(size, LONGEST_FUNCTION)} == {}


@pytest.mark.parametrize("name", ["utils.py", "helpers.py", "common.py", "manager.py", "service.py", "common/mail.py"])
def test_the_name_rule_sees_each_empty_name(name: str) -> None:
    assert has_empty_name(Path("src/tocsin/kit") / name)


def test_the_rules_look_at_the_real_house() -> None:
    assert len(modules("src")) > 50
