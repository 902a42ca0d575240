"""What every posted form passes but the sign form, which has its own quick way (refusals.py): the same steps.

A form that anybody may send, without an account, is what robots send too. In this order, the cheapest
first: how often the network's forms came back before, a second step's waiting, what was typed, a proof of
work, the limit of the network, and the proof spent once, in the transaction that stores what
it stands for. Whatever is right is answered with the same 303; whatever is wrong comes back with all that
was typed.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import lru_cache
from http import HTTPStatus
from typing import Generic, NamedTuple, TypeVar

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tocsin import db
from tocsin.campaigns.languages import spoken
from tocsin.kit import keyfiles
from tocsin.kit.addresses import Address
from tocsin.kit.keyfiles import KeysSealedError
from tocsin.lane import counters
from tocsin.lane.batcher import AWAY
from tocsin.lane.doors import Door
from tocsin.lane.engine import Engine
from tocsin.lane.form import BadFormError, read_form
from tocsin.lane.hold import Held
from tocsin.lane.http import Request, Response, html, see_other
from tocsin.lane.proof import ProofFlaw, verify
from tocsin.lane.sign import hidden_fields
from tocsin.rallies import photos
from tocsin.signing import domain as signing
from tocsin.signing.domain import Proof
from tocsin.signing.states import Hold
from tocsin.website import pages

Filled = TypeVar("Filled")
Result = TypeVar("Result")
Words = str | Promise

_NO_STORE = (b"cache-control", b"no-store")
# Whose limit refuses nobody, by its word in the counters. An answer that differed would tell a stranger that somebody
# of that mailbox or domain was here, and let them shut the others of it out. Four dates of one person are four; that
# a mailbox is not flooded is the outbox's care (outbox.caps), and each row has cost a proof of work.
_TAKEN_ALL_THE_SAME = {Hold.ADDRESS_RATE: "address_often", Hold.DOMAIN_RATE: "domain_often"}
_WRONG = "wrong"  # one counter for every form: another form is no way around it
_NOT_KEPT = frozenset({"altcha", "held"})


class Refusal(Enum):
    """The steps' names; with the form's name before it, each is also a metric and a test's id."""

    SEALED = "sealed"
    SECOND_STEP_FLAWED = "second_step_flawed"
    SECOND_STEP_TOO_SOON = "second_step_too_soon"
    FIELDS_WRONG = "fields_wrong"
    PROOF_MISSING = "proof_missing"
    PROOF_FLAWED = "proof_flawed"
    PROOF_SPENT = "proof_spent"
    TOO_MANY = "too_many"
    MISTAKES = "mistakes"  # of too many forms from one network something was wrong
    CHANGED = "changed"  # what the form is about is no longer what it showed
    GONE = "gone"  # what the form is about is not there, or takes nothing any more
    BUSY = "busy"


# What costs a reading and a page, and no proof of work: the wait without JavaScript too.
_COME_BACK = frozenset(
    {
        Refusal.SECOND_STEP_FLAWED,
        Refusal.SECOND_STEP_TOO_SOON,
        Refusal.FIELDS_WRONG,
        Refusal.PROOF_MISSING,
        Refusal.PROOF_FLAWED,
        Refusal.PROOF_SPENT,
    }
)
_STATUS = {
    Refusal.SECOND_STEP_FLAWED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.FIELDS_WRONG: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.PROOF_FLAWED: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.PROOF_SPENT: HTTPStatus.CONFLICT,
    Refusal.CHANGED: HTTPStatus.CONFLICT,
    Refusal.GONE: HTTPStatus.CONFLICT,
    Refusal.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a form: a sentence for each field, and the address that was probably meant."""

    by_field: Mapping[str, Words]
    suggested_email: str = ""


class Shown(NamedTuple):
    """What a page with the form shows again: all that was typed, what to mend, and a sentence above the form."""

    values: Mapping[str, str]
    errors: Mapping[str, str] = {}
    notice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Generic[Filled]):
    """One form, as this request posts it: what is its own; the guard does the rest."""

    name: str
    """In the counters, and in the seal of its second step: "rsvp"."""
    action: str
    """The path it is posted to."""
    thanks: str
    """The path that answers whatever is right: the same for the new and the repeated."""
    button: Words
    """What its button says, on the page of the second step too."""
    read: Callable[[Mapping[str, str]], Filled | Wrong | Awaitable[Filled | Wrong]]
    """Checks what was typed, on the event loop or, awaited, off it: it asks nothing that people's rows hold."""
    address_of: Callable[[Filled], Address | None]
    """Whose mailbox it brings mail to; None: nobody's."""
    take: Callable[[Filled, Proof], Awaitable[Refusal | Wrong | None]]
    """Stores it and spends the proof, in one transaction (`once`, or a batch that calls signing.spend)."""
    page: Callable[[Shown], str]
    """Renders the page with the form, off the event loop."""


@dataclass(slots=True)
class _Post:
    """One posted form on its way; the steps fill in what they find out."""

    engine: Engine
    request: Request
    door: Door
    language: str
    now: datetime
    values: dict[str, str]
    proof: Proof | None = None
    seconds_left: int = 0
    wrong: Wrong = field(default_factory=lambda: Wrong({}))

    def kept(self) -> dict[str, str]:
        """Return what was typed, as it comes back in a page."""
        kept = {name: value for name, value in self.values.items() if name not in _NOT_KEPT}
        return kept | ({"suggestion": self.wrong.suggested_email} if self.wrong.suggested_email else {})


async def guarded(
    form: Form[Filled], *, engine: Engine, request: Request, door: Door, language: str, now: datetime
) -> Response:
    """Take what was posted, durably, or give the form back."""
    try:
        values = read_form(request.body)
    except BadFormError:
        counters.bump(f"{form.name}_refused_bad_form")
        return html(pages.error_page(HTTPStatus.BAD_REQUEST, language).encode(), HTTPStatus.BAD_REQUEST, _NO_STORE)
    post = _Post(engine, request, door, language, now, values)
    if engine.mistakes.is_often(kind=_WRONG, client=request.client, now=now):
        counters.bump(f"{form.name}_refused_{Refusal.MISTAKES.value}")
        return _later(form, post, Refusal.MISTAKES)
    try:
        refusal = await _refuse_or_take(form, post)
    except AWAY:
        refusal = Refusal.BUSY
    except KeysSealedError:
        refusal = Refusal.SEALED
    if refusal is None:
        counters.bump(f"{form.name}_taken")
        return see_other(form.thanks)
    counters.bump(f"{form.name}_refused_{refusal.value}")
    if refusal in _COME_BACK:
        engine.mistakes.visits(kind=_WRONG, client=request.client, now=now)
    try:
        return await _give_back(form, post, refusal)
    except AWAY:
        return _later(form, post, Refusal.BUSY)


def once(proof: Proof, verb: Callable[[], Result]) -> Result | Refusal:
    """Spend a proof and run `verb`, a step of a transaction, in one; PROOF_SPENT when another post spent it.

    For `Engine.call`: two of the same proof, in two processes too, cannot both be stored.
    """
    with db.transaction():
        if not signing.spend([proof]):
            return Refusal.PROOF_SPENT
        return verb()


async def _refuse_or_take(form: Form[Filled], post: _Post) -> Refusal | None:
    passed = await _pass(form, post)
    if isinstance(passed, Refusal):
        return passed
    filled, proof = passed
    over = _over_limit(form, post, form.address_of(filled))
    if over in _TAKEN_ALL_THE_SAME:
        counters.bump(f"{form.name}_{_TAKEN_ALL_THE_SAME[over]}")
    taken = Refusal.TOO_MANY if over is Hold.NETWORK_RATE else await form.take(filled, proof)
    return _wrong(post, taken) if isinstance(taken, Wrong) else taken


async def _pass(form: Form[Filled], post: _Post) -> tuple[Filled, Proof] | Refusal:
    """Go through the steps that ask nothing about people; return what was filled in and the proof that it spends."""
    if keyfiles.is_locked():
        return Refusal.SEALED
    if (refusal := _has_waited(form, post)) is not None:
        return refusal
    read = form.read(post.values)
    filled = await read if isinstance(read, Awaitable) else read
    if isinstance(filled, Wrong):
        return _wrong(post, filled)
    proof = _proof_of(post)
    return proof if isinstance(proof, Refusal) else (filled, proof)


def _wrong(post: _Post, wrong: Wrong) -> Refusal:
    post.wrong = wrong
    return Refusal.FIELDS_WRONG


def _has_waited(form: Form[Filled], post: _Post) -> Refusal | None:
    """Bring back the form of a second step without JavaScript; refuse one that came too soon."""
    sealed = post.values.get("held")
    if sealed is None:
        return None
    held = post.engine.hold_box.open(_bound_to(form, post), sealed, post.now)
    if not isinstance(held, Held):
        return Refusal.SECOND_STEP_FLAWED
    post.values = {**held.values, "held": sealed}
    post.proof, post.seconds_left = held.proof, held.seconds_left
    return Refusal.SECOND_STEP_TOO_SOON if held.seconds_left else None


def _proof_of(post: _Post) -> Proof | Refusal:
    """Return the proof of work, unless a second step stands in for it; or what is wrong with it."""
    if post.proof is not None:
        return post.proof
    payload = post.values.get("altcha", "")
    if not payload:
        return Refusal.PROOF_MISSING
    proof = verify(post.engine.proof_keys, payload, post.door.campaign.slug, post.now)
    return Refusal.PROOF_FLAWED if isinstance(proof, ProofFlaw) else proof


def _over_limit(form: Form[Filled], post: _Post, address: Address | None) -> Hold | None:
    place = f"{form.name}:{post.door.campaign.pk}"  # a counter of its own: coming takes nothing from signing
    return post.engine.limits.check(campaign=place, client=post.request.client, address=address, now=post.now)


def _bound_to(form: Form[Filled], post: _Post) -> str:
    """Return what the second step's seal names: one form of one campaign, and what it is about."""
    return f"{post.door.campaign.slug}/{form.name}:{form.action}"


async def _give_back(form: Form[Filled], post: _Post, refusal: Refusal) -> Response:
    """Return a page that holds everything that was typed, and says what to do."""
    if refusal in {Refusal.BUSY, Refusal.SEALED}:
        return _later(form, post, refusal)
    if refusal in {Refusal.PROOF_MISSING, Refusal.SECOND_STEP_TOO_SOON}:
        return await _wait(form, post)
    with translation.override(spoken(post.language)):
        errors = {name: str(words) for name, words in post.wrong.by_field.items()}
        if post.request.photo is not None:
            errors.setdefault(photos.FIELD, photos.lost().mend)
        shown = Shown(post.kept(), errors, _notice(refusal))
    page = await post.engine.call(lambda: form.page(shown))
    return html(page.encode(), _STATUS[refusal], _NO_STORE)


async def _wait(form: Form[Filled], post: _Post) -> Response:
    """Return the second step: what was typed, sealed, and a wait."""
    box = post.engine.hold_box
    # A second step that came too soon keeps its first seal, or its waiting would begin anew.
    held = post.values.get("held") or box.seal(_bound_to(form, post), post.kept(), post.now)
    seconds = post.seconds_left or box.wait_seconds
    with translation.override(spoken(post.language)):
        button = str(form.button)
    page = await post.engine.call(
        lambda: pages.wait_page(
            post.door.campaign,
            post.language,
            held=held,
            seconds=seconds,
            action=form.action,
            button=button,
            asks_for_photo=post.request.photo is not None,
        )
    )
    return html(page.encode(), HTTPStatus.OK, _NO_STORE)


def _later(form: Form[Filled], post: _Post, refusal: Refusal) -> Response:
    """Return the page that keeps what was typed for later; it is ready, because the server is busy or to be spared."""
    page = _page_for_later(post.language, refusal, asks_for_photo=post.request.photo is not None)
    filled = page.replace("@@slot:action@@", form.action).replace("@@slot:fields@@", hidden_fields(post.kept()))
    if refusal is Refusal.MISTAKES:
        return html(filled.encode(), HTTPStatus.TOO_MANY_REQUESTS, _NO_STORE, (b"retry-after", b"600"))
    return html(filled.encode(), HTTPStatus.SERVICE_UNAVAILABLE, _NO_STORE, (b"retry-after", b"10"))


@lru_cache(maxsize=256)
def _page_for_later(language: str, refusal: Refusal, *, asks_for_photo: bool) -> str:
    is_sealed, is_often = refusal is Refusal.SEALED, refusal is Refusal.MISTAKES
    return pages.later_page(language, is_sealed=is_sealed, is_often=is_often, asks_for_photo=asks_for_photo)


def _notice(refusal: Refusal) -> str:
    """Return what we say above the form, in the language that is active."""
    kept = _("Everything you typed is still here.")
    words = {
        Refusal.SECOND_STEP_FLAWED: _("This form waited too long. Please send it again.") + " " + kept,
        Refusal.PROOF_FLAWED: _("The check against robots took too long. Please send the form again.") + " " + kept,
        Refusal.PROOF_SPENT: _("This form was sent before. Look for our mail; if there is none, please send it again."),
        Refusal.TOO_MANY: _("From your network came more than we can take in a short time. Wait a few minutes, please.")
        + " "
        + kept,
        Refusal.CHANGED: _("Something was changed while you were writing. Please look again, then send the form.")
        + " "
        + kept,
        Refusal.GONE: _("This does not take anything at the moment. Nothing you typed was stored."),
    }
    return words.get(refusal, "")
