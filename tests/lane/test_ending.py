"""lane.ending: a stop ends by itself, whatever hangs."""

import contextlib
import fcntl
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from tests.cast import MAYA
from tests.running.server import Server
from tests.running.visitor import Visitor

HANGING = """
import os, signal, sys, threading, time
from tocsin.lane.ending import end_in_time

def usual(number, frame):
    os.write(1, b"the usual handler\\n")  # print() must not be entered twice
    if {obeys}:
        sys.exit(0)

signal.signal(signal.SIGTERM, usual)
end_in_time(0.5)
print("ready", flush=True)
while True:
    time.sleep(0.1)
"""


def end(*, obeys: bool) -> tuple[int, str, float]:
    """Start a process, tell it to stop; return its exit code, what it said, and how long that took."""
    process = subprocess.Popen(
        [sys.executable, "-c", HANGING.format(obeys=obeys)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=10)
    return process.returncode, said, time.monotonic() - begun


def test_who_hangs_is_ended_and_says_so() -> None:
    code, said, seconds = end(obeys=False)

    assert code == 1
    assert said.startswith("the usual handler\n")
    assert "did not end in time" in said
    assert 0.4 < seconds < 5


def test_who_ends_by_itself_is_left_alone() -> None:
    code, said, _ = end(obeys=True)

    assert (code, said) == (0, "the usual handler\n")


@contextlib.contextmanager
def nobody_can_write(server: Server) -> Iterator[None]:
    """Make every writer wait, as a full disk or a stuck fail-over does."""
    if address := server.environ["DATABASE_URL"]:
        with psycopg.connect(address) as connection:
            connection.execute("LOCK TABLE signing_pendingsignature IN ACCESS EXCLUSIVE MODE")
            yield
        return
    with (server.folder / "data" / "tocsin.sqlite3.turn").open("ab") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def test_a_server_whose_database_hangs_stops_within_ten_seconds(
    make_server: Callable[..., Server], tmp_path: Path
) -> None:
    server = make_server(tmp_path / "server")
    visitor = Visitor(server)
    forms = [visitor.form(MAYA, altcha=visitor.proof()) for _ in range(10)]

    def sign(form: dict[str, str]) -> None:
        with contextlib.suppress(OSError):  # nobody answers any more
            visitor.ask("POST", f"{visitor.page}sign", form)

    with nobody_can_write(server):
        waiting = [threading.Thread(target=sign, args=(form,)) for form in forms]
        for thread in waiting:
            thread.start()
        time.sleep(1)
        processes = server.children()
        _, seconds = server.stop()
    for thread in waiting:
        thread.join()
    assert seconds < 10
    assert processes
    assert not [process for process in processes if Path(f"/proc/{process}").exists()]
