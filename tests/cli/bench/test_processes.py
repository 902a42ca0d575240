"""cli.bench.processes: what was started is ended, with everything that it started."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tocsin.cli.bench.processes import BenchError, Started, free_port

SLEEP = "import time; time.sleep(60)"
TWO = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); {SLEEP}"
BUSY = "while True: pass"


def started(script: str, folder: Path) -> Started:
    return Started("script", [sys.executable, "-c", script], folder=folder, environ={})


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


def lives(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


def test_stopping_ends_descendants_too(tmp_path: Path) -> None:
    with started(TWO, tmp_path) as process:
        wait_until(lambda: len(process.family()) == 2)
        family = process.family()
        assert set(process.peaks()) == {f"{number} python" for number in family} or len(process.peaks()) == 2
    wait_until(lambda: not any(lives(number) for number in family))
    assert os.getpid() not in family


def test_a_frozen_process_uses_no_processor_until_it_is_thawed(tmp_path: Path) -> None:
    with started(BUSY, tmp_path) as process:
        wait_until(lambda: process.cpu_seconds() > 0.05)
        process.freeze()
        time.sleep(0.1)
        frozen_at = process.cpu_seconds()
        time.sleep(0.3)
        assert process.cpu_seconds() == frozen_at
        process.thaw()
        wait_until(lambda: process.cpu_seconds() > frozen_at)


def test_a_server_that_dies_at_its_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    process = started("raise SystemExit('no luck')", tmp_path)
    with pytest.raises(BenchError, match="no luck"):
        process.wait_for(free_port())
