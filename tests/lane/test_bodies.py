"""lane.bodies: what is posted is bounded in size and in time, whichever protocol brings it."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # theirs, but not marked so

from tests.lane.visits import Arriving
from tocsin.lane.arrival import Arrival, BodyTooLargeError, ClientGoneError, from_asgi, from_rsgi
from tocsin.lane.bodies import Bodies, BodyTooSlowError

NEVER = b"never"  # in place of a piece: nothing comes
GONE = b"gone"  # in place of a piece: the client hangs up

Make = Callable[..., Arrival]


def by_asgi(*pieces: bytes, headers: dict[str, str] | None = None) -> Arrival:
    """Return a request whose body comes in `pieces`, from an ASGI server."""
    coming = list(pieces)

    async def receive() -> dict[str, Any]:
        piece = coming.pop(0)
        if piece == NEVER:
            await asyncio.sleep(60)
        if piece == GONE:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": piece, "more_body": bool(coming)}

    names = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"method": "POST", "path": "/", "query_string": b"", "headers": names, "client": ("192.0.2.7", 1)}
    return from_asgi(scope, receive)


def by_rsgi(*pieces: bytes, headers: dict[str, str] | None = None) -> Arrival:
    """Return a request whose body comes in `pieces`, from granian."""

    class Coming(Arriving):
        async def __call__(self) -> bytes:
            return b"".join([piece async for piece in self])

        async def __aiter__(self) -> Any:
            for piece in pieces:
                if piece == NEVER:
                    await asyncio.sleep(60)
                if piece == GONE:
                    raise ProtocolClosed
                yield piece

    coming = Coming("POST", "/", headers or {}, b"", "192.0.2.7")
    return from_rsgi(coming, coming)


@pytest.fixture(params=[by_asgi, by_rsgi])
def arriving(request: pytest.FixtureRequest) -> Make:
    make: Make = request.param
    return make


def read(arrival: Arrival, **more: Any) -> bytes:
    return asyncio.run(Bodies(look_seconds=0.01).read(arrival, **more))


def test_pieces_are_put_together(arriving: Make) -> None:
    assert read(arriving(b"name=", b"Maya")) == b"name=Maya"
    assert read(arriving(b"name=", b"Maya", headers={"content-length": "9"})) == b"name=Maya"


def test_a_body_may_be_empty(arriving: Make) -> None:
    assert read(arriving(b"")) == b""


def test_a_body_of_exactly_the_limit_is_taken(arriving: Make) -> None:
    assert read(arriving(b"x" * 10), limit=10) == b"x" * 10


def test_a_large_body_is_refused_by_its_announcement_before_any_of_it_is_read(arriving: Make) -> None:
    with pytest.raises(BodyTooLargeError):
        read(arriving(NEVER, headers={"content-length": "11"}), limit=10)


def test_a_large_body_is_refused_while_it_comes(arriving: Make) -> None:
    with pytest.raises(BodyTooLargeError):
        read(arriving(b"x" * 6, b"x" * 5, NEVER), limit=10)


def test_a_slow_body_is_given_up(arriving: Make) -> None:
    with pytest.raises(BodyTooSlowError):
        read(arriving(b"x", NEVER), seconds=0.01)


def test_the_slow_are_given_up_beside_others_that_go_on(arriving: Make) -> None:
    async def story() -> list[bytes | BaseException]:
        bodies = Bodies(look_seconds=0.01)
        reads = [bodies.read(arriving(b"x", NEVER), seconds=0.01), bodies.read(arriving(b"name=", b"Maya"))]
        first = await asyncio.gather(*reads, return_exceptions=True)
        # Nobody reads any more, so nobody looks: the next who is slow is given up all the same.
        await asyncio.sleep(0.05)
        last = await asyncio.gather(bodies.read(arriving(b"x", NEVER), seconds=0.01), return_exceptions=True)
        return [*first, *last]

    slow, quick, slow_again = asyncio.run(story())

    assert (type(slow), quick, type(slow_again)) == (BodyTooSlowError, b"name=Maya", BodyTooSlowError)


def test_a_client_that_hangs_up_is_noticed(arriving: Make) -> None:
    with pytest.raises(ClientGoneError):
        read(arriving(b"x", GONE))
    with pytest.raises(ClientGoneError):
        read(arriving(b"x", GONE, headers={"content-length": "100"}))


def test_who_gives_up_from_outside_is_not_called_slow(arriving: Make) -> None:
    async def story() -> None:
        reading = asyncio.create_task(Bodies().read(arriving(NEVER)))
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading

    asyncio.run(story())
