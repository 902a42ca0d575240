"""tally.turn: of two sequencers one works and the other stands by."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from pytest_django import Settings

from tests.tally.sequencer import give_indexes, signs
from tocsin.cli import work
from tocsin.tally.domain import advance
from tocsin.tally.log import own_shelf
from tocsin.tally.queries import log_size, waiting_entries
from tocsin.tally.turn import AnotherSequencerError, only_sequencer

pytestmark = pytest.mark.django_db(transaction=True)

_HOLD = """
import fcntl, sys
from pathlib import Path
path = Path(sys.argv[1]); path.parent.mkdir(parents=True, exist_ok=True)
handle = path.open("ab"); fcntl.flock(handle, fcntl.LOCK_EX)
print("held", flush=True); sys.stdin.read()
"""
_ADVISORY_LOCK = 0x746F6373


@contextmanager
def another_process_holds(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Let a process of its own hold a sequencer's file."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield holder
        holder.kill()


def enter(folder: Path) -> None:
    with only_sequencer(folder):
        pass


def test_there_is_one_place_and_it_is_given_back(tmp_path: Path) -> None:
    with only_sequencer(tmp_path / "tally"), pytest.raises(AnotherSequencerError):
        enter(tmp_path / "tally")
    enter(tmp_path / "tally")


def test_two_folders_of_one_database_have_one_sequencer(tmp_path: Path) -> None:
    other_session: list[type[Exception] | None] = []

    def try_it() -> None:
        try:
            enter(tmp_path / "two")
        except AnotherSequencerError:
            other_session.append(AnotherSequencerError)
        finally:
            connection.close()

    with only_sequencer(tmp_path / "one"):
        thread = threading.Thread(target=try_it)  # with a database connection of its own
        thread.start()
        thread.join()
    assert other_session == [AnotherSequencerError]


def test_who_stands_by_counts_nothing_and_takes_over_when_the_other_is_killed() -> None:
    folder = own_shelf().folder
    give_indexes(signs(0, 3))
    with another_process_holds(folder / ".sequencer") as holder:
        work.keep_counting(threading.Event())  # returns, because the place is taken
        assert own_shelf().text("checkpoint") is None
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        enter(folder)
    assert not os.access(folder / "tile", os.F_OK)


def test_on_postgresql_a_session_elsewhere_keeps_entries_waiting(settings: Settings, tmp_path: Path) -> None:
    if connection.vendor != "postgresql":
        assert advance(count=lambda _: None).entries == 0
        return
    parts = connection.get_connection_params()
    address = {name: parts[name] for name in ("host", "port", "user", "dbname") if parts.get(name)}
    with psycopg.connect(**address, autocommit=True) as elsewhere:
        elsewhere.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK])
        with pytest.raises(AnotherSequencerError):
            enter(tmp_path)
        give_indexes(signs(0, 3))
        assert (advance(count=lambda _: None).entries, log_size(), waiting_entries()) == (0, 0, 3)
        # A server lets go of the locks of a session that hung up when it comes to it.
        elsewhere.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK])
    assert advance(count=lambda _: None).entries == 3
