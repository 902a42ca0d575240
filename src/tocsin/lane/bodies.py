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
    # asyncio.timeout does the same and more, at three times the cost, for every signature.
    reading = asyncio.current_task()
    is_late: list[bool] = []

    def give_up() -> None:
        is_late.append(True)
        if reading is not None:
            reading.cancel()

    alarm = asyncio.get_running_loop().call_later(seconds, give_up)
    try:
        return await _read(receive, limit)
    except asyncio.CancelledError as error:
        if is_late and reading is not None:
            reading.uncancel()  # it was meant for the reading alone
            raise BodyTooSlowError from error
        raise
    finally:
        alarm.cancel()


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
