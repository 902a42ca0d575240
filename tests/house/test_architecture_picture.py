"""The picture on the architecture page is the one that its source describes."""

import hashlib
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_picture_was_drawn_from_its_source() -> None:
    source = (DOCS / "architecture.mmd").read_bytes()
    stamp = f"<!-- drawn from {hashlib.sha256(source).hexdigest()} -->"
    assert stamp in (DOCS / "architecture.svg").read_text(encoding="utf-8"), "draw it again: see docs/draw.py"
