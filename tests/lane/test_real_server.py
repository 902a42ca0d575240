"""The lane behind a real granian: slow clients, crowds of idle ones, and a stop that always ends."""

import contextlib
import gzip
import http.client
import resource
import socket
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.running.server import SLUG, Server
from tests.running.visitor import Visitor

PAGE = f"/en/{SLUG}/"


@contextlib.contextmanager
def connected(server: Server, *, seconds: float = 40.0) -> Iterator[socket.socket]:
    """Hold a bare connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=seconds) as link:
        yield link


def request(server: Server, line: str, *headers: str, body: bytes = b"") -> bytes:
    """Return the raw bytes of a request to the right host."""
    head = "\r\n".join([f"{line} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", *headers])
    return f"{head}\r\n\r\n".encode("latin-1") + body


def status_of(link: socket.socket) -> int:
    """Return the status of the next answer, or 0 when the connection ended without one."""
    answer = http.client.HTTPResponse(link)
    try:
        answer.begin()
    except (http.client.HTTPException, ConnectionError):
        return 0
    return answer.status


def test_a_kept_connection_reads_a_page_again_and_again(running_server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", running_server.port, timeout=20)
    bodies = set()
    for _ in range(50):
        connection.request("GET", PAGE, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        assert answer.status == HTTPStatus.OK
        bodies.add(gzip.decompress(answer.read()))
    connection.close()
    assert all(b"@@slot:" not in body for body in bodies)


def test_both_processes_give_a_page_the_same_tag(visitor: Visitor) -> None:
    tags = {visitor.get(PAGE, Accept_Encoding="gzip").header("etag") for _ in range(30)}
    assert len(tags) <= 2  # the number may move in between


def test_head_and_not_modified_leave_the_connection_in_step(running_server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", running_server.port, timeout=20)
    connection.request("GET", PAGE)
    page = connection.getresponse()
    length = len(page.read())
    for _ in range(5):
        connection.request("HEAD", PAGE)
        head = connection.getresponse()
        assert (head.status, head.read(), head.getheader("content-length")) == (HTTPStatus.OK, b"", str(length))
        connection.request("GET", PAGE, headers={"If-None-Match": str(page.getheader("etag"))})
        assert connection.getresponse().read() == b""
    connection.close()


@pytest.mark.parametrize(
    "line,headers,status",
    [
        ("GET /%ff/", (), 400),
        ("GET /en/%00", (), 400),
        ("GET //evil.example/", (), 400),
        ("GET /en/nowhere/?x=%ff", (), 404),
        ("PUT /", (), 405),
        ("TRACE /", (), 405),
        ("POST /en/night-trains/sign", ("Content-Length: 70000",), 413),
        ("POST /en/night-trains/sign", ("Content-Length: 0", "Origin: https://evil.example"), 403),
        ("POST /en/night-trains/sign", ("Content-Length: 0", "Content-Type: \xff\xfe"), 409),
    ],
)
def test_odd_requests_get_plain_answers(
    running_server: Server, line: str, headers: tuple[str, ...], status: int
) -> None:
    with connected(running_server) as link:
        link.sendall(request(running_server, line, *headers))
        assert status_of(link) == status


def test_a_body_that_goes_on_for_ever_is_cut(running_server: Server) -> None:
    with connected(running_server) as link:
        link.sendall(request(running_server, f"POST {PAGE}sign", "Transfer-Encoding: chunked"))
        with contextlib.suppress(ConnectionError):
            for _ in range(200):
                link.sendall(b"400\r\n" + b"x" * 1024 + b"\r\n")
        assert status_of(link) in {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, 0}


@pytest.fixture
def crowd_size() -> Iterator[int]:
    """Let this process hold five thousand connections, or as many as it may."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    yield 5_000 if limits[1] == resource.RLIM_INFINITY else min(5_000, limits[1] // 2)
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_thousands_of_idle_and_fifty_slow_clients_harm_nobody(
    running_server: Server, visitor: Visitor, crowd_size: int
) -> None:
    with contextlib.ExitStack() as crowd:
        for _ in range(crowd_size):
            crowd.enter_context(connected(running_server))
        for _ in range(50):
            slow = crowd.enter_context(connected(running_server))
            slow.sendall(request(running_server, f"POST {PAGE}sign", "Content-Length: 60000", body=b"name=Maya"))
        begun = time.monotonic()
        for _ in range(20):
            assert visitor.get(PAGE).status == HTTPStatus.OK
            assert visitor.ask("POST", f"{PAGE}sign", {"name": "Maya"}).status == HTTPStatus.CONFLICT
        assert time.monotonic() - begun < 30


def test_a_slow_body_and_a_slow_head_are_given_up(running_server: Server) -> None:
    with connected(running_server) as body, connected(running_server) as head:
        body.sendall(request(running_server, f"POST {PAGE}sign", "Content-Length: 1000", body=b"name="))
        head.sendall(b"GET / HTTP/1.1\r\nHost: ")
        begun = time.monotonic()
        assert status_of(body) == HTTPStatus.REQUEST_TIMEOUT
        assert status_of(head) in {HTTPStatus.REQUEST_TIMEOUT, 0}
        assert 5 < time.monotonic() - begun < 30


def test_huge_heads_are_refused(running_server: Server, visitor: Visitor) -> None:
    with connected(running_server) as link:
        with contextlib.suppress(ConnectionError):
            link.sendall(request(running_server, "GET /", *(f"X-{number}: {'x' * 8_000}" for number in range(100))))
        assert status_of(link) in {HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, HTTPStatus.BAD_REQUEST, 0}
    assert visitor.get(PAGE).status == HTTPStatus.OK


def test_one_log_line_holds_neither_path_nor_address(running_server: Server, visitor: Visitor) -> None:
    visitor.get("/c/secrettokenintheaddress", X_Forwarded_For="198.51.100.77")
    visitor.get(f"/en/{SLUG}/?name=Maya+Lindqvist")
    visitor.ask("POST", "/c/secrettokenintheaddress", {"consent": "yes"})
    log = running_server.log.read_text(encoding="utf-8")
    for word in ("secrettoken", "198.51.100.77", "Lindqvist", "GET ", "POST ", "/c/"):
        assert word not in log


def test_it_stops_within_ten_seconds_though_clients_hold_on(make_server: Callable[..., Server], tmp_path: Path) -> None:
    server = make_server(tmp_path / "server")
    with contextlib.ExitStack() as crowd:
        for _ in range(20):
            slow = crowd.enter_context(connected(server))
            slow.sendall(request(server, f"POST {PAGE}sign", "Content-Length: 1000", body=b"name="))
            crowd.enter_context(connected(server)).sendall(request(server, f"GET {PAGE}"))
        _, seconds = server.stop()
    assert seconds < 10
