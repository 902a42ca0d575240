"""The worked example of docs/verify/receipt.md is run as it stands, and fails where it says it does."""

import re
import subprocess
import sys
from pathlib import Path

from tests import vectors

PAGE = Path(__file__).parents[2] / "docs" / "verify" / "receipt.md"


def run(folder: Path, program: str) -> str:
    """Return what the program of the page prints, in a folder that holds Ana's receipt."""
    (folder / "demo.tlog-proof").write_text(vectors.load("log")["receipt"], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_receipt_by_hand(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    [program] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    printed = run(tmp_path, program)
    assert printed == "True at index 2 of log.example.org/tally with 5 entries"
    assert f"It prints `{printed}`" in page
    assert run(tmp_path, program.replace("ana@", "anna@")).startswith("False")
