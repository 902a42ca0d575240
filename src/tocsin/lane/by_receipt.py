"""Withdraw with a receipt: POST /{lang}/withdraw/, for whoever is counted and no longer in the database."""

from http import HTTPStatus

from tocsin.kit import addresses
from tocsin.lane import counters
from tocsin.lane.batcher import BusyError
from tocsin.lane.engine import Engine, clock
from tocsin.lane.form import BadFormError, read_form
from tocsin.lane.http import Request, Response, html
from tocsin.signing import domain as signing
from tocsin.signing.domain import ByReceipt
from tocsin.website import receipt_pages

_NO_STORE = (b"cache-control", b"no-store")
_FIELDS = ("receipt", "link", "email")
_DONE = frozenset({ByReceipt.WITHDRAWN, ByReceipt.ALREADY})
# No campaign's number: who tries here uses up no campaign's limits.
_PLACE = 0


async def withdraw_by_receipt(engine: Engine, request: Request, language: str) -> Response | HTTPStatus:
    """Withdraw, or show the form again with what is wrong; receipt, link and address are judged together."""
    try:
        values = read_form(request.body)
    except BadFormError:
        values = {}
    typed = {name: values.get(name, "") for name in _FIELDS}
    now = clock()
    address = addresses.parse(typed["email"].strip())
    # Each address has its own few tries, and each network: guessing is hopeless, and must not cost us.
    if address and engine.limits.check(campaign=_PLACE, client=request.client, address=address, now=now):
        return HTTPStatus.TOO_MANY_REQUESTS
    try:
        outcome = await engine.call(
            lambda: signing.withdraw_by_receipt(
                receipt=typed["receipt"], link=typed["link"], address=typed["email"], now=now
            )
        )
        page = await engine.call(lambda: receipt_pages.withdraw_page(language, outcome=outcome, values=typed))
    except BusyError:
        return HTTPStatus.SERVICE_UNAVAILABLE
    counters.bump(f"receipt_{outcome.replace('-', '_')}")
    status = HTTPStatus.OK if outcome in _DONE else HTTPStatus.UNPROCESSABLE_ENTITY
    return html(page.encode(), status, _NO_STORE)
