"""What a signatory can do with the link in their mail: POST /m/{token}/name, stop, withdraw, mine."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http import HTTPStatus

import orjson

from tocsin.campaigns.languages import spoken
from tocsin.kit.keyfiles import KeysSealedError
from tocsin.lane import counters
from tocsin.lane.batcher import BusyError
from tocsin.lane.confirm import Shown
from tocsin.lane.engine import Engine, clock
from tocsin.lane.form import BadFormError, read_form
from tocsin.lane.http import Request, Response
from tocsin.outbox.stop_link import open_stop_link
from tocsin.signing import domain as signing
from tocsin.signing.own_copy import own_payload
from tocsin.signing.queries import status_of
from tocsin.signing.states import GONE
from tocsin.website.pages import TokenPage

Answer = TokenPage | Shown | HTTPStatus | Response

_VERBS = {"show": signing.show_name, "hide": signing.hide_name}


async def name(engine: Engine, request: Request, token: bytes) -> Answer:
    """Show or hide the signatory's name on the public list."""
    value = _read(request).get("value", "")
    verb = _VERBS.get(value)
    if verb is None:
        return HTTPStatus.BAD_REQUEST
    answer = await _run(engine, "name", token, lambda: verb(token=token, now=clock()), TokenPage.MANAGE)
    if not isinstance(answer, Shown):
        return answer
    return answer._replace(status=replace(answer.status, shows_name=value == "show"))


async def stop(engine: Engine, _request: Request, token: bytes) -> Answer:
    """Never write to this address again; also the one-click unsubscribing of RFC 8058."""
    return await _run(engine, "stop", token, lambda: signing.stop_mails(token=token), TokenPage.STOPPED)


async def by_stop_link(engine: Engine, text: str, *, is_pressed: bool) -> tuple[TokenPage, str | None] | HTTPStatus:
    """Return page and language for the sealed link of a mail (outbox.stop_link); pressed, it stops mails for good.

    The language is None where this server never wrote the link. Nothing has to be stored of the address,
    so it works however old the mail is.
    """
    verb = signing.stop_mails_by_link if is_pressed else open_stop_link
    try:
        order = await engine.call(partial(verb, text=text))
    except (BusyError, KeysSealedError):  # the key of links may be sealed too
        return HTTPStatus.SERVICE_UNAVAILABLE
    if order is None:
        return TokenPage.UNKNOWN, None
    if is_pressed:
        counters.bump("manage_stop")
    return TokenPage.STOPPED if is_pressed else TokenPage.STOP, spoken(order.language)


async def withdraw(engine: Engine, request: Request, token: bytes) -> Answer:
    """Withdraw the signature, once the box is ticked."""
    if _read(request).get("sure") != "yes":
        return TokenPage.UNSURE
    return await _run(engine, "withdraw", token, lambda: _withdraw(token), TokenPage.WITHDRAWN)


def _withdraw(token: bytes) -> bool:
    """Withdraw, or find it done: pressing twice, or in two tabs, ends at the same page."""
    return signing.withdraw(token=token, now=clock()) or status_of(token).state in GONE


async def mine(engine: Engine, _request: Request, token: bytes) -> Answer:
    """Give the signatory all that is kept of them, as a JSON file."""
    try:
        payload = await engine.call(lambda: own_payload(token))
    except BusyError:
        return HTTPStatus.SERVICE_UNAVAILABLE
    if payload is None:
        return TokenPage.UNKNOWN
    counters.bump("manage_mine")
    # The link's secret is a key and no data: who is handed this file shall not be able to withdraw.
    data = {name: value for name, value in payload.items() if name != "m"}
    return Response(
        HTTPStatus.OK,
        orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS),
        [
            (b"content-type", b"application/json"),
            (b"content-disposition", b'attachment; filename="my-signature.json"'),
            (b"cache-control", b"no-store"),
        ],
    )


async def _run(engine: Engine, what: str, token: bytes, verb: Callable[[], bool], done: TokenPage) -> Answer:
    try:
        # Asked before: afterwards there may be nothing left that knows the campaign's language.
        status = await engine.reader.submit(token)
        known = await engine.call(verb)
    except (BusyError, KeysSealedError):  # who is never written to lies under a key that may be sealed
        return HTTPStatus.SERVICE_UNAVAILABLE
    counters.bump(f"manage_{what}" if known else "manage_unknown")
    return Shown(done if known else TokenPage.UNKNOWN, status)


def _read(request: Request) -> dict[str, str]:
    try:
        return read_form(request.body)
    except BadFormError:
        return {}
