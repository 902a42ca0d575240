"""What the documentation shows is what the program does: examples are held to the golden files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import vectors
from tocsin.kit import addresses
from tocsin.vault import sheet

DOCS = Path(__file__).parents[2] / "docs"
SHOWN_IN_PART = {"private", "public", "wrapped", "age_file", "other_age_file", "passphrase", "about"}
SHOWN_IN_FULL_ELSEWHERE = {"own_copy"}
REPEATED_BYTES = {"05" * 32: "`05` × 32", "07" * 32: "`07` × 32", "09" * 32: "`09` × 32"}


def values(golden: Any) -> Iterator[str]:
    """Yield every text of a golden file that its page shows in full."""
    if isinstance(golden, dict):
        for key, value in golden.items():
            if key not in SHOWN_IN_PART | SHOWN_IN_FULL_ELSEWHERE:
                yield from values(value)
    elif isinstance(golden, list):
        for value in golden:
            yield from values(value)
    elif isinstance(golden, str):
        yield REPEATED_BYTES.get(golden, golden)


@pytest.mark.parametrize("name", ["entries", "sealing"])
def test_a_specification_shows_its_golden_file(name: str) -> None:
    page = (DOCS / "spec" / f"{name}.md").read_text(encoding="utf-8")
    kinds = {"sign", "withdraw", "text_version", "sealing_key", "successor"}

    missing = [value for value in values(vectors.load(name)) if value not in page and value not in kinds]

    assert missing == []


def test_the_folding_is_as_the_specification_shows_it() -> None:
    page = (DOCS / "spec" / "sealing.md").read_text(encoding="utf-8")
    table = page[page.index("| typed | folded |") :].split("\n\n")[0].splitlines()[2:]
    shown = [tuple(cell.strip(" `") for cell in row.strip("|").split("|")) for row in table]

    folded = [(typed, address.folded) for typed, _ in shown if (address := addresses.parse(typed)) is not None]

    assert folded == shown
    assert len(shown) == 6


def test_the_program_in_the_manual_is_the_one_on_the_recovery_sheet() -> None:
    page = (DOCS / "organise" / "open-the-vault.md").read_text(encoding="utf-8")

    assert f"```python\n{sheet.opener().strip()}\n```" in page
