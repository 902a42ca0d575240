"""What tests of the benchmarks share: a small real server, and a request for it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tocsin.cli.bench.orders import Order
from tocsin.cli.bench.processes import Started, free_port
from tocsin.cli.bench.requestfile import write_requests

SMALL_SERVER = Path(__file__).with_name("small_server.py")


@pytest.fixture
def small_server(tmp_path: Path) -> Iterator[Callable[..., tuple[Started, int]]]:
    """Return a function that starts a server answering with the given statuses in turn."""
    with ExitStack() as stack:

        def start(*statuses: int) -> tuple[Started, int]:
            port = free_port()
            command = [sys.executable, str(SMALL_SERVER), str(port), *map(str, statuses)]
            server = stack.enter_context(Started(f"small-{port}", command, folder=tmp_path, environ={}))
            server.wait_for(port)
            return server, port

        yield start


@pytest.fixture
def requests(tmp_path: Path) -> str:
    """Return a file of 50 requests."""
    path = tmp_path / "requests"
    write_requests(path, [b"POST /%d HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi" % number for number in range(50)])
    return str(path)


@pytest.fixture
def order(requests: str) -> Callable[..., Order]:
    """Return a function that makes an order for a port: half a second of the first request, expecting 200."""

    def make(port: int, **more: object) -> Order:
        usual: dict[str, object] = {"expect": (200,), "seconds": 0.5, "connections": 4, "repeats": True}
        return Order(port=port, requests=requests, **(usual | more))  # type: ignore[arg-type]  # a test's shorthand

    return make
