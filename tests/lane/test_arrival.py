"""lane.arrival: one request, the same whichever protocol brings it; lane.app answers in both."""

import asyncio
from http import HTTPStatus
from typing import Any

import pytest

from tests.factories.signing import open_campaign
from tests.lane.visits import Arriving, left_as_found
from tocsin.lane.app import Lane
from tocsin.lane.arrival import from_asgi, from_rsgi

HEADERS = {"host": "testserver", "x-forwarded-for": "198.51.100.1"}
SCOPE = {
    "type": "http",
    "method": "GET",
    "path": "/en/café/",
    "query_string": b"after=a",
    "headers": [(name.encode(), value.encode()) for name, value in HEADERS.items()],
    "client": ("2001:db8::7", 4711),
    "scheme": "http",
}


async def nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b""}


def test_both_protocols_say_the_same() -> None:
    arriving = Arriving("GET", "/en/caf%C3%A9/?after=a", HEADERS, b"", "2001:db8::7")
    first, second = from_asgi(SCOPE, nothing), from_rsgi(arriving, arriving)

    assert first.method == second.method == "GET"
    assert first.path == second.path == "/en/café/"
    assert first.query == second.query == b"after=a"
    assert first.headers == second.headers
    assert first.peer == second.peer == "2001:db8::7"
    assert first.is_tls is second.is_tls is False


def test_a_socket_without_an_address_has_an_empty_peer() -> None:
    assert from_asgi(SCOPE | {"client": None}, nothing).peer == ""


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("collected_static")
def test_any_asgi_server_can_run_it() -> None:
    open_campaign()
    told: list[Any] = []
    calls = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    has_begun, may_end = asyncio.Event(), asyncio.Event()

    async def live() -> dict[str, Any]:
        call = next(calls)
        if call["type"] == "lifespan.shutdown":
            await may_end.wait()
        return call

    async def send(message: Any) -> None:
        told.append(message)
        has_begun.set()

    async def story() -> None:
        lane = Lane()
        life = asyncio.create_task(lane({"type": "lifespan"}, live, send))
        await has_begun.wait()
        for method in ("GET", "HEAD"):
            scope = SCOPE | {"method": method, "path": "/en/night-trains/", "query_string": b""}
            await lane(scope, nothing, send)
        may_end.set()
        await life

    with left_as_found():
        asyncio.run(story())
    started, got, body, head, no_body, ended = told
    assert (started["type"], ended["type"]) == ("lifespan.startup.complete", "lifespan.shutdown.complete")
    assert (got["status"], head) == (HTTPStatus.OK, got)
    assert b"night trains" in body["body"]
    assert no_body["body"] == b""


def test_all_lines_of_a_proxy_are_one_list_and_of_other_headers_the_last_counts() -> None:
    headers = [(b"x-forwarded-for", b"203.0.113.9"), (b"a", b"1"), (b"x-forwarded-for", b"198.51.100.1"), (b"a", b"2")]

    arrival = from_asgi({**SCOPE, "headers": headers}, nothing)

    assert arrival.headers == {"x-forwarded-for": "203.0.113.9,198.51.100.1", "a": "2"}
