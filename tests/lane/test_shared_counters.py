"""lane.shared_counters: one sum for all processes of a server."""

import os
from pathlib import Path

import orjson

from tocsin.lane import counters
from tocsin.lane.shared_counters import SharedCounters


def sibling(folder: Path, number: int, **counted: int) -> None:
    (folder / f"{os.getppid()}-{number}.json").write_bytes(orjson.dumps(counted))


def test_the_counters_of_all_processes_are_added_up(tmp_path: Path) -> None:
    shared = SharedCounters(tmp_path)
    before = shared.add_up().get("taken", 0)
    sibling(tmp_path, 1, taken=5)
    sibling(tmp_path, 2, taken=7, confirm_confirmed=1)

    counters.bump("taken", 3)

    assert shared.add_up()["taken"] == before + 15
    assert shared.add_up()["confirm_confirmed"] >= 1


def test_what_is_written_is_not_counted_twice(tmp_path: Path) -> None:
    folder = tmp_path / "counters"
    shared = SharedCounters(folder)
    counters.bump("taken")
    counted = shared.add_up()["taken"]

    shared.write()
    shared.write()

    assert shared.add_up()["taken"] == counted
    written = folder / f"{os.getppid()}-{os.getpid()}.json"
    assert orjson.loads(written.read_bytes())["taken"] == counted
    assert list(folder.iterdir()) == [written]


def test_an_earlier_start_does_not_count(tmp_path: Path) -> None:
    old = tmp_path / f"{os.getppid() + 1}-1.json"
    old.write_bytes(orjson.dumps({"from_an_earlier_start": 100}))

    shared = SharedCounters(tmp_path)

    assert "from_an_earlier_start" not in shared.add_up()
    assert not old.exists()
