"""`tocsin witness` as a friend runs it: a process of its own, killed and started again."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.running.ports import free_port
from tests.tlog.logs import LOG, ORIGIN, WITNESS, Log
from tocsin.cli.commands import main
from tocsin.cli.witness.request import AddCheckpoint
from tocsin.tlog.checkpoint import Checkpoint
from tocsin.tlog.keys import parse_witness_vkey
from tocsin.tlog.proofs import prove_consistency
from tocsin.tlog.signed import sign_checkpoint

TOCSIN = Path(sys.executable).parent / "tocsin"
GROWN = Log.of(300)


@contextmanager
def started(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    arguments = ["--name", "witness.example.net", "--state", str(folder), "--log", LOG.verifier.vkey]
    command = [str(TOCSIN), "witness", *arguments, "--listen", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder.parent) as process:
        try:
            yield process
        finally:
            process.kill()


def first_lines(process: subprocess.Popen[str]) -> list[str]:
    """Return what it says until it listens."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.removesuffix("\n"))
        if "post to" in line:
            break
    return lines


def add(port: int, old: int, new: int) -> int:
    note = sign_checkpoint(Checkpoint(ORIGIN, new, GROWN.root(new)), [LOG])
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    body = AddCheckpoint(old, tuple(prove_consistency(old, new, GROWN.node)), note).to_bytes()
    connection.request("POST", "/add-checkpoint", body)
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_witness_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    port = free_port()
    with started(tmp_path / "w", port) as process:
        vkey, known, _ = first_lines(process)
        assert (parse_witness_vkey(vkey).name, known) == ("witness.example.net", f"witness: {ORIGIN} is known up to 0")
        assert add(port, 0, 100) == 200
        process.kill()
    with started(tmp_path / "w", port) as process:
        assert first_lines(process)[:2] == [vkey, f"witness: {ORIGIN} is known up to 100"]
        assert [add(port, 0, 300), add(port, 100, 300)] == [409, 200]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_file_says_all_that_a_service_needs(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "witness.toml").write_text(
        f'name = "witness.example.net"\nstate = "memory"\nlisten = "127.0.0.1:{port}"\n'
        f'[[logs]]\norigin = "{ORIGIN}"\nkeys = ["{LOG.verifier.vkey}"]\n'
    )
    command = [str(TOCSIN), "witness", "--config", str(tmp_path / "witness.toml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd="/") as process:
        try:
            assert parse_witness_vkey(first_lines(process)[0]).name == "witness.example.net"
            assert add(port, 0, 100) == 200
        finally:
            process.kill()
    assert (tmp_path / "memory" / "witness.key").is_file()


@pytest.mark.parametrize(
    "wrong, words",
    [
        (["--log", "nonsense"], "--log: not a key: give the line that the log's server shows at /tally/vkey"),
        (["--log", WITNESS.verifier.vkey], "this is a witness's key, not a log's"),
        (["--listen", "8970"], "--listen 8970: give HOST:PORT"),
        (["--name", "two words"], "a key's name has no spaces"),
        (["--state", "/proc/nothing"], "/proc/nothing cannot be used"),
    ],
)
def test_a_witness_that_cannot_start_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: list[str], words: str
) -> None:
    right = {"--name": "witness.example.net", "--state": str(tmp_path / "w"), "--log": LOG.verifier.vkey}
    given = right | {wrong[0]: wrong[1]}

    assert main(["witness", *(word for pair in given.items() for word in pair)]) == 1
    assert words in capsys.readouterr().err
