"""Take a signature: POST /{lang}/{campaign}/sign.

Whatever is right is answered with the same 303 to the same page: for the new, the repeated,
the held and the capped. Whatever is wrong comes back with all that was typed.
"""

import html as markup
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus

from django.utils import translation
from django.utils.translation import gettext as _

from tocsin.campaigns.languages import spoken
from tocsin.lane import counters
from tocsin.lane.batcher import AWAY
from tocsin.lane.copies import Copy, finished
from tocsin.lane.doors import Door
from tocsin.lane.engine import Engine, clock
from tocsin.lane.form import BadFormError, read_form
from tocsin.lane.http import Request, Response, html, see_other
from tocsin.lane.refusals import Attempt, Refusal, hold_for, refuse
from tocsin.signing.domain import take
from tocsin.signing.problems import WORDS
from tocsin.website import pages
from tocsin.website.headers import STRICT_HEADERS
from tocsin.website.slots import without_slots

_NO_STORE = (b"cache-control", b"no-store")
# Carried from page to page; the widget's own field is made anew each time.
_NOT_KEPT = frozenset({"altcha", "held"})

_STATUS = {
    Refusal.CAMPAIGN_SHUT: HTTPStatus.CONFLICT,
    Refusal.TEXT_CHANGED: HTTPStatus.CONFLICT,
    Refusal.FIELDS_WRONG: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.SECOND_STEP_FLAWED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.PROOF_FLAWED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.PROOF_SPENT: HTTPStatus.CONFLICT,
}


async def sign(engine: Engine, request: Request, language: str, door: Door) -> Response | Copy:
    """Take what was posted, durably, or give the form back."""
    try:
        values = read_form(request.body)
    except BadFormError:
        counters.bump("refused_bad_form")
        return html(pages.error_page(HTTPStatus.BAD_REQUEST, language).encode(), HTTPStatus.BAD_REQUEST, _NO_STORE)
    attempt = Attempt(engine, request, door, language, values, clock())
    refusal = refuse(attempt)
    if refusal is None:
        refusal = await _take(attempt)
    if refusal is None:
        counters.bump("taken")
        return _thanks(f"/{language}/{door.campaign.slug}/thanks/")
    counters.bump(f"refused_{refusal.value}")
    try:
        return await _give_back(attempt, refusal)
    except AWAY:
        return _busy(attempt, _kept(attempt))


@lru_cache(maxsize=256)
def _thanks(location: str) -> Copy:
    """Return the answer to every signature that was taken; made once for each page and language."""
    return finished(see_other(location), STRICT_HEADERS)


async def _take(attempt: Attempt) -> Refusal | None:
    """Seal and store; answer only when it is on the disk."""
    intake, filled = attempt.intake, attempt.filled
    if intake is None or filled is None:
        return Refusal.CAMPAIGN_SHUT
    hold = hold_for(attempt, filled)
    if hold is not None:
        counters.bump(f"held_{hold.name.lower()}")
    taken = take(intake=intake, filled=filled, hold=hold, proof=attempt.proof, now=attempt.now)
    try:
        return None if await attempt.engine.taker.submit(taken) else Refusal.PROOF_SPENT
    except AWAY:
        return Refusal.BUSY


async def _give_back(attempt: Attempt, refusal: Refusal) -> Response:
    """Return a page that holds everything that was typed, and says what to do."""
    kept = _kept(attempt)
    campaign, language = attempt.door.campaign, attempt.language
    if refusal is Refusal.BUSY:
        return _busy(attempt, kept)
    if refusal in {Refusal.PROOF_MISSING, Refusal.SECOND_STEP_TOO_SOON}:
        box = attempt.engine.hold_box
        # A second step that came too soon keeps its first seal, or its waiting would begin anew.
        held = attempt.values.get("held") or box.seal(campaign.slug, kept, attempt.now)
        seconds = attempt.seconds_left or box.wait_seconds
        page = await attempt.engine.call(lambda: pages.wait_page(campaign, language, held=held, seconds=seconds))
        return html(page.encode(), HTTPStatus.OK, _NO_STORE)
    problems = attempt.problems
    if problems is not None and problems.suggested_email:
        kept["suggestion"] = problems.suggested_email
    with translation.override(spoken(language)):
        errors = {name: str(WORDS[problem]) for name, problem in problems.by_field.items()} if problems else {}
        notice = _notice(refusal)
    page = await attempt.engine.call(
        lambda: pages.sign_page(campaign, language, values=kept, errors=errors, notice=notice)
    )
    return html(page.encode(), _STATUS[refusal], _NO_STORE)


def _kept(attempt: Attempt) -> dict[str, str]:
    """Return what was typed, as it comes back in a page."""
    return {name: value for name, value in attempt.values.items() if name not in _NOT_KEPT}


def _notice(refusal: Refusal) -> str:
    """Return what we say above the form, in the language that is active."""
    kept = _("Everything you typed is still here.")
    words = {
        Refusal.CAMPAIGN_SHUT: _("This appeal cannot be signed at the moment. Nothing you typed was stored."),
        Refusal.TEXT_CHANGED: _("The appeal was changed while you were writing. Please read it again, then sign."),
        Refusal.SECOND_STEP_FLAWED: _("This form waited too long. Please sign again.") + " " + kept,
        Refusal.PROOF_FLAWED: _("The check against robots took too long. Please sign again.") + " " + kept,
        Refusal.PROOF_SPENT: _("This form was sent before. Look for our mail; if there is none, please sign again."),
    }
    return words.get(refusal, "")


def _busy(attempt: Attempt, kept: Mapping[str, str]) -> Response:
    """Return the 503 that keeps what was typed; made of ready bytes, because the server is busy."""
    page = attempt.door.busy_pages[attempt.language]
    return html(
        page.replace("@@slot:fields@@", hidden_fields(kept)).encode(),
        HTTPStatus.SERVICE_UNAVAILABLE,
        _NO_STORE,
        (b"retry-after", b"10"),
    )


def hidden_fields(values: Mapping[str, str]) -> str:
    """Return values as hidden inputs, escaped, with no slot among them."""
    return without_slots(
        "".join(
            f'<input type="hidden" name="{markup.escape(name)}" value="{markup.escape(value)}">'
            for name, value in values.items()
        )
    )
