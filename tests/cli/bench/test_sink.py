"""cli.bench.sink: it takes what any mail client sends, and counts it."""

import smtplib
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tocsin.cli.bench.processes import Started, free_port
from tocsin.cli.bench.sink import read_count


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    port, counted = free_port(), tmp_path / "count"
    command = [sys.executable, "-m", "tocsin.cli.bench.sink", str(port), str(counted)]
    with Started("sink", command, folder=tmp_path, environ={}) as process:
        process.wait_for(port)
        yield port, counted


def test_each_mail_is_counted_once(sink: tuple[int, Path]) -> None:
    port, counted = sink
    assert read_count(counted) == 0
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(3):
            client.sendmail("a@example.org", ["b@example.org"], b"Subject: x\r\n\r\nline\r\n..\r\nDATA\r\n")
            assert read_count(counted) == number + 1


def test_commands_in_one_go_are_answered_in_order(sink: tuple[int, Path]) -> None:
    port, counted = sink
    with socket.create_connection(("127.0.0.1", port)) as line:
        file = line.makefile("rb")
        assert file.readline().startswith(b"220")
        line.sendall(b"MAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\n")
        assert [file.readline()[:3] for _ in range(3)] == [b"250", b"250", b"354"]
        line.sendall(b"Subject: x\r\n\r\n.\r\nMAIL FROM:<a@b.c>\r\n")
        assert [file.readline()[:3] for _ in range(2)] == [b"250", b"250"]
    assert read_count(counted) == 1


def test_without_a_sink_nothing_was_taken(tmp_path: Path) -> None:
    assert read_count(tmp_path / "nothing") == 0
