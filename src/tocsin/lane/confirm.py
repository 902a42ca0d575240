"""Confirm, or say "this wasn't me": POST /c/{token} and /c/{token}/not-me.

Only a POST with the box ticked confirms. Mail scanners that open, prefetch or even press the
button without the box change nothing.
"""

from http import HTTPStatus
from typing import NamedTuple

from tocsin.lane import counters
from tocsin.lane.batcher import BusyError
from tocsin.lane.engine import Engine, clock
from tocsin.lane.form import BadFormError, read_form
from tocsin.lane.http import Request
from tocsin.signing import domain as signing
from tocsin.signing.domain import Outcome
from tocsin.signing.queries import Status
from tocsin.website.pages import TokenPage

_PAGES = {
    Outcome.CONFIRMED: TokenPage.CONFIRMED,
    Outcome.HELD: TokenPage.CONFIRMED,  # who is held sees what everybody sees
    Outcome.ALREADY: TokenPage.ALREADY,
    Outcome.CLOSED: TokenPage.CLOSED,
    Outcome.UNKNOWN: TokenPage.UNKNOWN,
}


class Shown(NamedTuple):
    """A page to show, and all that it says of the signature: nothing needs to be asked again."""

    page: TokenPage
    status: Status


async def confirm(engine: Engine, request: Request, token: bytes) -> TokenPage | Shown | HTTPStatus:
    """Confirm the signature behind `token` if the box is ticked; return the page to show."""
    try:
        values = read_form(request.body)
    except BadFormError:
        return HTTPStatus.BAD_REQUEST
    if values.get("consent") != "yes":
        counters.bump("confirm_unticked")
        return TokenPage.UNTICKED
    try:
        confirmed = await engine.confirmer.submit(token)
    except BusyError:
        return HTTPStatus.SERVICE_UNAVAILABLE
    counters.bump(f"confirm_{confirmed.outcome.value}")
    if confirmed.outcome is Outcome.ALREADY:
        # Pressed twice: then there is a receipt to show. Asked only here, so that confirming stays one commit.
        return Shown(TokenPage.ALREADY, await engine.reader.submit(token))
    if confirmed.outcome is Outcome.WITHDRAWN:
        return TokenPage.WITHDRAWN  # what it says of why and where is asked for
    return Shown(_PAGES[confirmed.outcome], Status(campaign=confirmed.campaign, language=confirmed.language))


async def disown(engine: Engine, token: bytes) -> Shown | HTTPStatus:
    """Mark the signature behind `token` as denied by its addressee; return the page to show."""
    try:
        status = await engine.reader.submit(token)
        known = await engine.call(lambda: signing.disown(token=token, now=clock()))
    except BusyError:
        return HTTPStatus.SERVICE_UNAVAILABLE
    counters.bump("disowned" if known else "disowned_unknown")
    return Shown(TokenPage.DISOWNED if known else TokenPage.UNKNOWN, status)
