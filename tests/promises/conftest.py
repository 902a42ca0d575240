"""Servers whose every file is searched: each has a folder, and on PostgreSQL a cluster, of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.running.mailbox import Mailbox
from tests.running.server import Server


@pytest.fixture
def cluster() -> Iterator[postgres.Cluster | None]:
    """Start a cluster of this test's own: its files are searched, and others' would only slow that down."""
    if not postgres.is_wanted():
        yield None
        return
    own = postgres.start()
    yield own
    own.stop()


@pytest.fixture
def searched(tmp_path: Path, mailbox: Mailbox, cluster: postgres.Cluster | None) -> Iterator[Callable[..., Server]]:
    """Return what starts the server of this test, talkative and with its temporary files below `tmp_path` too."""
    begun: list[Server] = []

    def start(**settings: str) -> Server:
        (tmp_path / "tmp").mkdir()
        url = f"{cluster.url}/postgres" if cluster else ""
        talkative = {"TOCSIN_LOG_LEVEL": "DEBUG", "TMPDIR": str(tmp_path / "tmp")}
        server = Server(tmp_path, mail_port=mailbox.port, database_url=url, **talkative, **settings)
        server.put_up()
        begun.append(server)
        server.start()
        return server

    yield start
    for server in begun:
        if server.process is not None:
            server.kill()
