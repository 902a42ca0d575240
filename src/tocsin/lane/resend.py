"""Send a lost mail again: POST /{lang}/{campaign}/lost/. The answer is the same whoever asks."""

from http import HTTPStatus

from tocsin.kit import addresses
from tocsin.lane import counters
from tocsin.lane.batcher import BusyError
from tocsin.lane.doors import Door
from tocsin.lane.engine import Engine, clock
from tocsin.lane.form import BadFormError, read_form
from tocsin.lane.http import Request, Response, html, see_other
from tocsin.signing import domain as signing
from tocsin.website import pages

_NO_STORE = (b"cache-control", b"no-store")


async def resend(engine: Engine, request: Request, language: str, door: Door) -> Response:
    """Post the mail that helps, within the caps, and say "look in your mail"."""
    try:
        values = read_form(request.body)
    except BadFormError:
        values = {}
    now = clock()
    intake, typed = door.intake, values.get("email", "").strip()
    address = addresses.parse(typed)
    if address is None:
        page = await engine.call(lambda: pages.lost_page(door.campaign, language, email=typed, is_wrong=True))
        return html(page.encode(), HTTPStatus.UNPROCESSABLE_ENTITY, _NO_STORE)
    over = engine.limits.check(campaign=-door.campaign.pk, client=request.client, address=address, now=now)
    # Past the limits nothing is posted, and the answer stays the same.
    if intake is not None and over is None:
        try:
            await engine.call(lambda: signing.resend(intake=intake, address=address, language=language, now=now))
        except BusyError:
            counters.bump("resend_busy")
    counters.bump("resend")
    return see_other(f"/{language}/{door.campaign.slug}/thanks/?for=lost")
