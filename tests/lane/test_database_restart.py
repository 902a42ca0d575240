"""A whole server whose PostgreSQL goes away and comes back: readers notice nothing, signers little."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.cast import MAYA, OTTO
from tests.postgres import Cluster
from tests.running.mailbox import Mailbox
from tests.running.server import SLUG, Server
from tests.running.visitor import Visitor

PAGE = f"/en/{SLUG}/"


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    made = postgres.start()
    yield made
    made.stop()


@pytest.fixture
def server(cluster: Cluster, mailbox: Mailbox, tmp_path: Path) -> Iterator[Server]:
    with psycopg.connect(f"{cluster.url}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE server")
    folder = tmp_path / "server"
    folder.mkdir()
    made = Server(folder, mail_port=mailbox.port, database_url=f"{cluster.url}/server")
    made.put_up()
    made.start()
    yield made
    made.kill()


def within(seconds: float, is_so: Callable[[], bool]) -> bool:
    """Say whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def test_it_is_survived(server: Server, cluster: Cluster) -> None:
    visitor = Visitor(server)
    assert visitor.sign(MAYA).status == HTTPStatus.SEE_OTHER
    with ThreadPoolExecutor(8) as pool:  # both processes have the page in memory
        list(pool.map(lambda _: visitor.get(PAGE), range(64)))
    form = visitor.form(OTTO, altcha=visitor.proof())

    cluster.crash()
    busy = visitor.ask("POST", f"{PAGE}sign", form)
    assert busy.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert busy.hidden("email") == OTTO.address
    assert within(20, lambda: not server.is_ready())
    for _ in range(20):
        assert visitor.get(PAGE).status == HTTPStatus.OK
        assert visitor.get(f"/{SLUG}/count.json").status == HTTPStatus.OK

    cluster.come_back()
    assert within(10, server.is_ready)
    assert within(10, lambda: visitor.ask("POST", f"{PAGE}sign", form).status == HTTPStatus.SEE_OTHER)
    assert visitor.get(f"{PAGE}numbers/").status == HTTPStatus.OK
    log = server.log.read_text(encoding="utf-8")
    assert "the database does not answer: OperationalError" in log
    assert "the database answers again" in log
    assert OTTO.name not in log
    assert OTTO.address not in log
