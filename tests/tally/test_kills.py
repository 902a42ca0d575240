"""kill -9 at every point of a publishing: one chain comes out, with every entry in it exactly once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running.fixtures import new_database
from tocsin.tally.log import Step

ROOT = Path(__file__).parents[2]
LEVELS = "file 0", "file 1", "file 2", "file 3"


@pytest.mark.django_db
def test_dying_anywhere_and_starting_anew_ends_in_one_chain(tmp_path: Path) -> None:
    environ = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "tocsin.config.settings",
        "DATABASE_URL": new_database(),
        "TOCSIN_DATA": str(tmp_path),
        "TOCSIN_BASE_URL": "http://killed.example",
    }
    killing = [sys.executable, "-m", "tests.tally.killing"]
    done = subprocess.run(killing, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    deaths = done.stdout.splitlines()
    points = [*Step, "half a memory", *LEVELS]
    # A growth of three needs fewer files than one that fills a tile.
    wanted = {f"{growth}: {point}" for growth in (3, 252, 2, 300) for point in points}
    assert set(deaths) == wanted - {"3: file 3", "2: file 3"}
