"""Every process of a busy server crashes: no core file, and nobody beside it may look into what it holds."""

import os
import secrets
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.cast import MAYA
from tests.promises.spellings import found_in
from tests.running.server import Server
from tests.running.visitor import Visitor

# Cores as large as may be; and for root none of the rights by which it opens any process.
ALLOWED_CORES = ("prlimit", "--core=unlimited")
AS_OTHERS = ("setpriv", "--bounding-set", "-all") if os.geteuid() == 0 else ()
SIGNERS = 4


@pytest.fixture
def server(make_server: Callable[..., Server], tmp_path: Path) -> Server:
    server = make_server(tmp_path / "server", TOCSIN_SECOND_STEP_SECONDS="0", TMPDIR=str(tmp_path))
    server.stop()
    server.started_by = (*ALLOWED_CORES, *AS_OTHERS)
    server.start()
    return server


def can_be_looked_into(process: int) -> bool:
    """Say whether another program of the same user reads what `process` was started with, as it could its memory."""
    command = [*AS_OTHERS, "cat", f"/proc/{process}/environ"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def sign_until(stop: threading.Event, server: Server, mark: str) -> None:
    """Keep the server busy with people whose every word can be told from others'."""
    visitor, number = Visitor(server), 0
    while not stop.is_set():
        number += 1
        person = replace(MAYA, name=f"Canàry {mark}", address=f"{mark}.{number}@canary.example.org")
        with suppress(OSError, HTTPException, AssertionError):  # it crashes: that is what we are here for
            visitor.ask("POST", f"{visitor.page}sign", visitor.form(person))


def test_the_look_would_see_an_open_process() -> None:
    with subprocess.Popen([*AS_OTHERS, "sh", "-c", "echo ready; exec sleep 600"], stdout=subprocess.PIPE) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == b"ready\n"  # before, it may still hold the rights that it gives away
            assert can_be_looked_into(other.pid)
        finally:
            other.kill()


def test_a_crash_of_any_process_under_load_leaves_nothing(server: Server, tmp_path: Path) -> None:
    assert server.process is not None
    mark, stop = f"crashed{secrets.token_hex(5)}", threading.Event()
    signers = [threading.Thread(target=sign_until, args=[stop, server, mark]) for _ in range(SIGNERS)]
    for one in signers:
        one.start()
    try:
        everyone = [*server.children(), server.process.pid]
        assert len(everyone) >= 4  # two web processes, their parent, the worker, and the parent of all
        assert [process for process in everyone if can_be_looked_into(process)] == []
        for process in everyone:
            limits = Path(f"/proc/{process}/limits").read_text(encoding="ascii")
            (core,) = [line.split() for line in limits.splitlines() if line.startswith("Max core file size")]
            assert core[-3:-1] == ["0", "0"]
        for process in everyone:
            with suppress(ProcessLookupError):  # its parent crashed first
                os.kill(process, signal.SIGABRT)
        _, status = os.waitpid(server.process.pid, 0)
    finally:
        stop.set()
        for one in signers:
            one.join()
    assert (os.WTERMSIG(status), os.WCOREDUMP(status)) == (signal.SIGABRT, False)
    assert [path for path in tmp_path.rglob("core*") if path.is_file() and "static" not in path.parts] == []
    assert found_in([tmp_path], [mark]) == []
