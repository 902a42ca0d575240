"""Report a rally as abuse: POST /{lang}/{campaign}/rallies/{rally}/report."""

from tocsin.lane import counters
from tocsin.lane.batcher import BusyError
from tocsin.lane.doors import Door
from tocsin.lane.engine import Engine, clock
from tocsin.lane.http import Request, Response, see_other
from tocsin.rallies.domain.report_abuse import report_abuse

MOST = 3  # of one network and one rally, in a window of the limits


async def report_rally(engine: Engine, request: Request, language: str, door: Door, rally: str) -> Response:
    """Note that somebody reported a rally, a few times for each network; nothing is kept of who did.

    The answer is the same for every rally, there or not, counted or not.
    """
    kind = f"report/{door.campaign.pk}/{rally}"
    if engine.limits.visits(kind=kind, client=request.client, now=clock()) <= MOST:
        try:
            await engine.call(lambda: report_abuse(campaign=door.campaign, slug=rally))
        except BusyError:
            counters.bump("report_busy")
    counters.bump("reported")
    return see_other(f"/{language}/{door.campaign.slug}/rallies/{rally}/?reported=yes")
