"""lane.bodies: what is posted is bounded in size and in time."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from tocsin.lane.bodies import BodyTooLargeError, BodyTooSlowError, ClientGoneError, read_body


def read(messages: Iterable[dict[str, Any]], **more: Any) -> bytes:
    """Read a body that comes in `messages`; after the last one, nothing comes."""
    coming = iter(messages)

    async def receive() -> dict[str, Any]:
        for message in coming:
            return message
        await asyncio.sleep(60)
        raise AssertionError

    return asyncio.run(read_body(receive, more.pop("headers", {}), **more))


def piece(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_pieces_are_put_together() -> None:
    assert read([piece(b"name=", more=True), piece(b"Maya")]) == b"name=Maya"


def test_a_body_may_be_empty() -> None:
    assert read([{"type": "http.request"}]) == b""


def test_a_body_of_exactly_the_limit_is_taken() -> None:
    assert read([piece(b"x" * 10)], limit=10) == b"x" * 10


def test_a_large_body_is_refused_by_its_announcement_before_any_of_it_is_read() -> None:
    with pytest.raises(BodyTooLargeError):
        read([], headers={b"content-length": b"11"}, limit=10)


def test_a_large_body_is_refused_while_it_comes() -> None:
    with pytest.raises(BodyTooLargeError):
        read([piece(b"x" * 6, more=True), piece(b"x" * 5, more=True)], limit=10)


def test_a_made_up_length_is_no_length() -> None:
    assert read([piece(b"abc")], headers={b"content-length": b"-1"}) == b"abc"


def test_a_slow_body_is_given_up() -> None:
    with pytest.raises(BodyTooSlowError):
        read([piece(b"x", more=True)], seconds=0.01)


def test_a_client_that_hangs_up_is_noticed() -> None:
    with pytest.raises(ClientGoneError):
        read([piece(b"x", more=True), {"type": "http.disconnect"}])
