"""docs/spec/ shows what the program does: the golden log stands on its pages, and every list of names is complete."""

import json
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from tests.tlog.logs import GOLDEN
from tests.tlog.test_tiles import WIDTHS
from tocsin.tlog.receipt import ReceiptRefusal
from tocsin.tlog.recount import LogFault
from tocsin.tlog.tiles import ENTRIES, Tile, layout

SPEC = Path(__file__).parents[2] / "docs/spec"
PAGES = {
    name: (SPEC / f"{name}.md").read_text(encoding="utf-8")
    for name in ("tiles", "checkpoint", "receipt", "recount", "cosignatures")
}
# Too long for a page, and it says where they are.
IN_THE_FILE_ONLY = {"about", "witness_ml_dsa_44_vkey", "cosignature_ml_dsa_44"}
SHOWN_AS_A_RANGE = {GOLDEN["keys"]["next_seed"]: "seed `40` to `5f`"}


def values(golden: Any) -> Iterator[str]:
    match golden:
        case dict():
            for key, value in golden.items():
                if key not in IN_THE_FILE_ONLY:
                    yield from values(value)
        case list():
            for value in golden:
                yield from values(value)
        case str():
            yield SHOWN_AS_A_RANGE.get(golden, golden)
        case int():
            yield str(golden)


def test_every_value_of_the_golden_log_stands_on_a_page() -> None:
    shown = "\n".join(PAGES.values())

    assert [value for value in values(GOLDEN) if value not in shown] == []
    assert json.dumps(GOLDEN["counts"]) in PAGES["recount"]


@pytest.mark.parametrize(
    "page, example", [("checkpoint", "checkpoint"), ("checkpoint", "exchange_of_keys"), ("receipt", "receipt")]
)
def test_a_whole_file_is_shown_as_it_is(page: str, example: str) -> None:
    assert f"```text\n{GOLDEN[example]}```\n" in PAGES[page]


def test_proofs_are_shown_hash_by_hash_in_their_order() -> None:
    for proof in ("inclusion_of_2", "consistency_from_3"):
        assert "```text\n" + "\n".join(GOLDEN[proof]) + "\n```\n" in PAGES["tiles"]


def names_in_table(page: str) -> list[str]:
    rows = re.findall(r"^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \| ", PAGES[page], re.MULTILINE)
    return [name.strip("`") for row in rows for name in row.split(", ")]


@pytest.mark.parametrize("page, names", [("receipt", ReceiptRefusal), ("recount", LogFault)])
def test_every_reason_has_its_row_and_no_row_is_left_over(page: str, names: type[StrEnum]) -> None:
    assert names_in_table(page) == [name.value for name in names]


@pytest.mark.parametrize("size", WIDTHS)
def test_the_table_of_layouts_is_the_program_s(size: int) -> None:
    _, _, section = PAGES["tiles"].partition("## File names")
    row = re.search(rf"^\| {size:,} \|(.*)\|$", section, re.MULTILINE)
    assert row is not None
    cells = [cell.strip() for cell in row[1].split("|")]
    for level, cell in enumerate(cells):
        tiles = [tile for tile in layout(size) if tile.level == level]
        names = [f"`{tile.path.removeprefix(f'tile/{level}/')}`" for tile in tiles]
        full = [name for name, tile in zip(names, tiles, strict=True) if tile.is_full]
        partial = names[len(full) :]
        # A long row of full tiles is shown by its first and last.
        shown = [*full[:1], "…", *full[-1:]] if len(full) > 2 else full
        assert cell == " ".join(shown + partial)
    assert Tile(ENTRIES, 1_234_067).path.endswith("x001/x234/067")
    assert "1234067 is `x001/x234/067`" in PAGES["tiles"]
