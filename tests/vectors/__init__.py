"""The golden files of docs/spec/: fixed bytes that every version of this program must still read."""

import json
from pathlib import Path
from typing import Any


def load(name: str) -> Any:
    """Return the golden file `name`, parsed."""
    return json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))
