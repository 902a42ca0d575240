"""tocsin serve: one command is a whole server, whatever dies in it."""

import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running.server import TOCSIN, Server


def wait_until(is_so: Callable[[], bool], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def server(make_server: Callable[..., Server], tmp_path: Path) -> Server:
    """Return a running server of our own that writes to nobody."""
    return make_server(tmp_path / "server", TOCSIN_MAIL_URL="null:")


@pytest.mark.parametrize("command", ["serve", "web", "demo"])
def test_a_port_in_use_is_said_in_one_line(tmp_path: Path, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        done = subprocess.run(
            [TOCSIN, command, "--port", str(port)],
            env={"PATH": os.environ["PATH"]},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"tocsin: port {port} on 127.0.0.1 is in use: choose another with --port\n"


def test_what_dies_is_started_again_and_a_stop_ends_all(server: Server) -> None:
    for part in ("work", "web"):
        before = set(server.children())
        server.kill(part)
        wait_until(lambda known=before: len(set(server.children()) - known) > 0)  # type: ignore[misc]  # bound for this round
    server.wait_until_ready()
    code, seconds = server.stop()
    assert code == 0
    assert seconds < 10
    assert not is_taken(server.port)


def test_a_killed_supervisor_leaves_nobody_behind(server: Server) -> None:
    children = server.children()
    assert len(children) >= 3
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    wait_until(lambda: not any(Path(f"/proc/{child}/exe").exists() for child in children))
    assert not is_taken(server.port)


def test_nobody_can_look_into_its_memory(server: Server) -> None:
    assert server.process is not None
    for process in (server.process.pid, *server.children()):
        limits = Path(f"/proc/{process}/limits").read_text()
        core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        assert core.split()[4:6] == ["0", "0"], process
    server.stop()
