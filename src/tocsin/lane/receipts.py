"""The receipt behind a link: GET /c/{token}/receipt is the file, /counted says whether there is one yet.

Both change nothing, are kept by nobody, and work from the mail's link a year later as well.
"""

from http import HTTPStatus

from tocsin.lane import counters
from tocsin.lane.batcher import BusyError
from tocsin.lane.engine import Engine
from tocsin.lane.http import Response, see_other
from tocsin.signing.queries import Status
from tocsin.signing.receipts import receipt_of
from tocsin.signing.states import State

_COMING = frozenset({State.HELD, State.CONFIRMED, State.COUNTED})


async def download(engine: Engine, token: bytes, status: Status, path: str) -> Response | HTTPStatus:
    """Return the receipt as a file; without one, lead to the page at `path`, which says why."""
    try:
        text = await engine.call(lambda: receipt_of(token))
    except BusyError:
        return HTTPStatus.SERVICE_UNAVAILABLE
    door = engine.doors.find_number(status.campaign) if status.campaign is not None else None
    if text is None or door is None:
        return see_other(path)
    counters.bump("receipt")
    # The name tells nobody who looks over a shoulder more than the page did.
    name = f"{door.campaign.slug}.tlog-proof"
    return Response(
        HTTPStatus.OK,
        text.encode(),
        [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-disposition", f'attachment; filename="{name}"'.encode()),
            (b"cache-control", b"no-store"),
        ],
    )


def is_published(status: Status, size: int) -> bool:
    """Say whether a checkpoint of `size` entries speaks for a signature."""
    return status.state is State.COUNTED and status.index is not None and status.index < size


def is_coming(status: Status) -> bool:
    """Say whether a signature has a receipt, or will have one; who is held waits like everybody else."""
    return status.state in _COMING and not status.is_weak
