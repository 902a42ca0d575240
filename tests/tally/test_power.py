"""The database loses its power in mid-batch: no signed checkpoint lacks data, and the same chain goes on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.postgres import Cluster

ROOT = Path(__file__).parents[2]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    made = postgres.start()
    yield made
    made.stop()


def test_a_power_cut_at_any_point_of_counting_and_publishing_is_survived(cluster: Cluster, tmp_path: Path) -> None:
    with psycopg.connect(f"{cluster.url}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE log")
    environ = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "tocsin.config.settings",
        "DATABASE_URL": f"{cluster.url}/log",
        "TOCSIN_DATA": str(tmp_path),
        "TOCSIN_BASE_URL": "http://dark.example",
    }
    where = (str(cluster.home), str(cluster.binaries), str(cluster.port))
    failing = [sys.executable, "-m", "tests.tally.power_failing", *where]
    done = subprocess.run(failing, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    # Once the row is stored, showing it needs no database.
    assert done.stdout.splitlines() == [
        "advance: away",
        "tiles-put: away",
        "tiles-synced: away",
        "checked: away",
        "signed: away",
        "remembered: away",
        "stored: done",
        "shown: done",
        "tally_head: away",
        "tally_checkpoint: away",
        "tally_count: away",
        "tally_daycount: away",
    ]
