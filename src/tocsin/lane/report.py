"""Report a line of the public list: POST /{lang}/{campaign}/signatures/report."""

from tocsin.lane import counters
from tocsin.lane.batcher import BusyError
from tocsin.lane.doors import Door
from tocsin.lane.engine import Engine
from tocsin.lane.form import BadFormError, read_form
from tocsin.lane.http import Request, Response, see_other
from tocsin.signing import domain as signing
from tocsin.signing.queries import Cursor


async def report(engine: Engine, request: Request, language: str, door: Door) -> Response:
    """Note the report of the line named by `line`; the answer is the same for every line."""
    try:
        line = Cursor.read(read_form(request.body).get("line", ""))
    except BadFormError:
        line = None
    if line is not None:
        try:
            await engine.call(lambda: signing.report_line(campaign=door.campaign, line=line))
        except BusyError:
            counters.bump("report_busy")
    counters.bump("reported")
    return see_other(f"/{language}/{door.campaign.slug}/signatures/?reported=yes")
