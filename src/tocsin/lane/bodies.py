"""Reading what was posted: bounded in size and in time."""

import asyncio

from tocsin.lane.arrival import Arrival, BodyTooLargeError

FORM_LIMIT = 64 * 1024
FORM_SECONDS = 15.0


class BodyTooSlowError(Exception):
    """The rest of a body did not come in time."""


async def read_body(arrival: Arrival, *, limit: int = FORM_LIMIT, seconds: float = FORM_SECONDS) -> bytes:
    """Return the whole body; raise BodyTooLargeError, BodyTooSlowError or ClientGoneError."""
    if announced_length(arrival) > limit:
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
        return await arrival.body(limit)
    except asyncio.CancelledError as error:
        if is_late and reading is not None:
            reading.uncancel()  # it was meant for the reading alone
            raise BodyTooSlowError from error
        raise
    finally:
        alarm.cancel()


def announced_length(arrival: Arrival) -> int:
    """Return how many bytes the client says it will send; 0 when it does not say."""
    announced = arrival.headers.get(b"content-length", b"")
    return int(announced) if announced.isdigit() else 0
