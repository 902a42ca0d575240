"""The rows that the bare baseline writes: copies of real ones, their keys made fresh each time."""

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Literal

import orjson

Cell = int | bool | str | None
Make = Callable[[int], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Copied:
    """Rows of a table to write over and over in turn; `fresh` names the columns that differ each time."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]  # as `cell` makes them
    fresh: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What the bare baseline does with a request, and where."""

    does: Literal["sign", "confirm"]
    database: str  # a path of SQLite, or a postgres:// address
    copies: tuple[Copied, ...]


def write_plan(path: Path, plan: Plan) -> None:
    """Write a plan for the baseline's processes to read."""
    path.write_bytes(orjson.dumps(asdict(plan)))


def read_plan(path: Path) -> Plan:
    """Return a plan that `write_plan` wrote."""
    given = orjson.loads(path.read_bytes())
    copies = tuple(
        Copied(
            table=copy["table"],
            columns=tuple(copy["columns"]),
            rows=tuple(tuple(row) for row in copy["rows"]),
            fresh=tuple(copy["fresh"]),
        )
        for copy in given["copies"]
    )
    return Plan(given["does"], given["database"], copies)


def cell(value: Any) -> Cell:
    """Return a column's value as a plan holds it: bytes as hex behind "x:", dates as text."""
    if isinstance(value, bytes | memoryview):
        return "x:" + bytes(value).hex()
    if isinstance(value, int | bool | str) or value is None:
        return value
    return str(value)


def maker(copied: Copied) -> Make:
    """Return a function that makes so many rows, with fresh random bytes or numbers where they are keys."""
    by_column = [[_value(held) for held in column] for column in zip(*copied.rows, strict=True)]
    columns = [
        _fresh(values[0]) if name in copied.fresh else _repeated(values)
        for name, values in zip(copied.columns, by_column, strict=True)
    ]
    return lambda count: list(zip(*[make(count) for make in columns], strict=True))


def _value(held: Cell) -> Any:
    if isinstance(held, str) and held.startswith("x:"):
        return bytes.fromhex(held[2:])
    return held


def _repeated(values: Sequence[Any]) -> Callable[[int], Sequence[Any]]:
    return lambda count: list(islice(cycle(values), count))


def _fresh(value: Any) -> Callable[[int], Sequence[Any]]:
    size = len(value) if isinstance(value, bytes) else 8

    def some(count: int) -> Sequence[Any]:
        pool = os.urandom(size * count)
        parts = [pool[at : at + size] for at in range(0, size * count, size)]
        # Half of the numbers that eight bytes hold are below nought: columns want the others.
        return parts if isinstance(value, bytes) else [int.from_bytes(part, "big") >> 1 for part in parts]

    return some
