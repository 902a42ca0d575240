"""Reading what was posted: bounded in size and in time."""

import asyncio

from tocsin.lane.asgi_types import Receive

FORM_LIMIT = 64 * 1024
FORM_SECONDS = 15.0


class BodyTooLargeError(Exception):
    """More was posted than any of our forms can hold."""


class BodyTooSlowError(Exception):
    """The rest of a body did not come in time."""


class ClientGoneError(Exception):
    """Whoever was posting has hung up."""


async def read_body(
    receive: Receive, headers: dict[bytes, bytes], *, limit: int = FORM_LIMIT, seconds: float = FORM_SECONDS
) -> bytes:
    """Return the whole body, or raise one of the errors above."""
    announced = headers.get(b"content-length", b"0")
    if announced.isdigit() and int(announced) > limit:
        raise BodyTooLargeError
    try:
        async with asyncio.timeout(seconds):
            return await _read(receive, limit)
    except TimeoutError as error:
        raise BodyTooSlowError from error


async def _read(receive: Receive, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise BodyTooLargeError
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)
