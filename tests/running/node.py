"""Runs JavaScript outside a browser, by the Node that Playwright brings with it."""

import json
import subprocess
from pathlib import Path
from typing import Any

from playwright._impl._driver import compute_driver_executable


def run(program: Path, *arguments: str | Path, given: object = None) -> Any:
    """Return what a program prints as JSON; `given` goes to its standard input as JSON."""
    done = subprocess.run(
        [compute_driver_executable()[0], program, *arguments],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
