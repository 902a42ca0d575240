"""lane.crowd: the worker sees from files how much the web processes have to do."""

from pathlib import Path

import orjson
import pytest

from tocsin.lane.crowd import Crowd


class Clock:
    """A clock that stands still until it is told."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def process(folder: Path, number: int, **counted: int) -> None:
    (folder / f"1-{number}.json").write_bytes(orjson.dumps(counted))


def test_without_web_processes_nobody_is_there(tmp_path: Path, clock: Clock) -> None:
    crowd = Crowd(tmp_path / "none", clock)
    clock.now += 10
    assert not crowd.is_there()


def test_what_all_processes_took_makes_a_crowd(tmp_path: Path, clock: Clock) -> None:
    process(tmp_path, 1, taken=9_000_000)  # long ago
    crowd = Crowd(tmp_path, clock)
    assert not crowd.is_there()

    process(tmp_path, 1, taken=9_000_250, page_rendered=10_000)
    process(tmp_path, 2, taken=300)
    clock.now += 1
    assert crowd.is_there()

    clock.now += 0.5
    assert crowd.is_there(), "it looks every second only"

    clock.now += 0.5
    assert not crowd.is_there(), "nobody came any more"


def test_few_are_no_crowd(tmp_path: Path, clock: Clock) -> None:
    crowd = Crowd(tmp_path, clock)
    process(tmp_path, 1, taken=450)
    clock.now += 1
    assert not crowd.is_there()


def test_those_who_confirm_are_none(tmp_path: Path, clock: Clock) -> None:
    crowd = Crowd(tmp_path, clock)
    process(tmp_path, 1, taken=400, confirm_confirmed=9_000)
    clock.now += 1
    assert not crowd.is_there(), "the mails brought them"


def test_a_server_started_anew_counts_from_nought(tmp_path: Path, clock: Clock) -> None:
    process(tmp_path, 1, taken=9_000_000)
    crowd = Crowd(tmp_path, clock)
    (tmp_path / "1-1.json").unlink()
    clock.now += 2
    assert not crowd.is_there()

    process(tmp_path, 2, taken=2_000)
    clock.now += 2
    assert crowd.is_there()
