"""What others wrote lies here unchanged: each vendored file has the hash its listing states."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LISTINGS = [path for path in (ROOT / "tests/vendor/README.md", ROOT / "docs/vendored.md") if path.exists()]
ROW = re.compile(r"^\| `([^`]+)`.*`([0-9a-f]{64})`", re.MULTILINE)


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda path: path.parent.name)
def test_every_vendored_file_has_its_stated_hash(listing: Path) -> None:
    stated = dict(ROW.findall(listing.read_text(encoding="utf-8")))
    folder = listing.parent if listing.name == "README.md" else ROOT
    actual = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in stated}
    assert stated
    assert actual == stated
