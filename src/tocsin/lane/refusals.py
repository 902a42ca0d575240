"""Why a posted signature is not taken, in the order in which it is asked: the cheapest first.

Each step is a small function that reads the attempt, may add to it, and returns a refusal or
None. None of them asks the database, so no answer depends on who has signed before. The names
are also metrics and test ids.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from tocsin.kit.addresses import is_disposable
from tocsin.lane.doors import Door
from tocsin.lane.engine import Engine
from tocsin.lane.hold import Held
from tocsin.lane.http import Request
from tocsin.lane.proof import ProofFlaw, verify
from tocsin.signing.domain import Filled, Proof
from tocsin.signing.forms import Problems, read_sign_form
from tocsin.signing.intake import Intake, ShownText
from tocsin.signing.states import Hold

_HASH_HEX = 64


class Refusal(Enum):
    """The steps' names."""

    CAMPAIGN_SHUT = "campaign_shut"
    TEXT_CHANGED = "text_changed"
    FIELDS_WRONG = "fields_wrong"
    SECOND_STEP_FLAWED = "second_step_flawed"
    SECOND_STEP_TOO_SOON = "second_step_too_soon"
    PROOF_MISSING = "proof_missing"
    PROOF_FLAWED = "proof_flawed"
    PROOF_SPENT = "proof_spent"
    BUSY = "busy"


@dataclass(slots=True)
class Attempt:
    """One posted form on its way; the steps fill in what they find out."""

    engine: Engine
    request: Request
    door: Door
    language: str
    values: dict[str, str]
    now: datetime
    intake: Intake | None = None
    text: ShownText | None = None
    filled: Filled | None = None
    proof: Proof | None = None
    problems: Problems | None = None
    seconds_left: int = 0


Step = Callable[[Attempt], Refusal | None]


def is_open(attempt: Attempt) -> Refusal | None:
    """Refuse while the campaign takes no signatures, or this machine cannot."""
    attempt.intake = attempt.door.intake
    return None if attempt.door.takes_at(attempt.now) else Refusal.CAMPAIGN_SHUT


def has_waited(attempt: Attempt) -> Refusal | None:
    """Bring back the form of a second step without JavaScript; refuse one that came too soon."""
    sealed = attempt.values.get("held")
    if sealed is None:
        return None
    held = attempt.engine.hold_box.open(attempt.door.campaign.slug, sealed, attempt.now)
    if not isinstance(held, Held):
        return Refusal.SECOND_STEP_FLAWED
    attempt.values = {**held.values, "held": sealed}
    attempt.proof, attempt.seconds_left = held.proof, held.seconds_left
    return Refusal.SECOND_STEP_TOO_SOON if held.seconds_left else None


def shows_current_text(attempt: Attempt) -> Refusal | None:
    """Refuse when the words that the form showed are no longer the appeal's."""
    sent = attempt.values.get("text_hash", "")
    try:
        shown = bytes.fromhex(sent) if len(sent) == _HASH_HEX else b""
    except ValueError:
        shown = b""
    attempt.text = attempt.intake.text_shown(attempt.language, shown) if attempt.intake else None
    return None if attempt.text else Refusal.TEXT_CHANGED


def is_filled_in(attempt: Attempt) -> Refusal | None:
    """Refuse when a field does not hold what it should."""
    if attempt.intake is None or attempt.text is None:
        return Refusal.CAMPAIGN_SHUT
    fields = attempt.intake.form
    read = read_sign_form(attempt.values, fields=fields, text=attempt.text, language=attempt.language)
    if isinstance(read, Filled):
        attempt.filled = read
        return None
    attempt.problems = read
    return Refusal.FIELDS_WRONG


def has_proof(attempt: Attempt) -> Refusal | None:
    """Refuse without a proof of work, unless a second step stands in for it."""
    if attempt.proof is not None:
        return None
    payload = attempt.values.get("altcha", "")
    if not payload:
        return Refusal.PROOF_MISSING
    proof = verify(attempt.engine.proof_keys, payload, attempt.door.campaign.slug, attempt.now)
    if isinstance(proof, ProofFlaw):
        return Refusal.PROOF_FLAWED
    attempt.proof = proof
    return None


STEPS: tuple[Step, ...] = (is_open, has_waited, shows_current_text, is_filled_in, has_proof)


def refuse(attempt: Attempt) -> Refusal | None:
    """Return the first step's refusal, or None when the signature can be taken."""
    for step in STEPS:
        refusal = step(attempt)
        if refusal is not None:
            return refusal
    return None


def hold_for(attempt: Attempt, filled: Filled) -> Hold | None:
    """Say why an organiser has to look at this signature before it counts, or None."""
    too_many = attempt.engine.limits.check(
        campaign=attempt.door.campaign.pk, client=attempt.request.client, address=filled.address, now=attempt.now
    )
    if too_many is not None:
        return too_many
    return Hold.DISPOSABLE_DOMAIN if is_disposable(filled.address.domain) else None
