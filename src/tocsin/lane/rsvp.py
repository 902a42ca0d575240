"""Take an RSVP: POST /{lang}/{campaign}/rallies/{rally}/{date}/rsvp.

Whatever is right is answered with the same 303 to the same page, whoever comes already; whatever is wrong
comes back with all that was typed (guard.py).
"""

from collections.abc import Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import NamedTuple

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from tocsin.lane.doors import Door
from tocsin.lane.engine import Engine, clock
from tocsin.lane.guard import Form, Refusal, Wrong, guarded
from tocsin.lane.http import Request, Response, html
from tocsin.rallies.domain.rsvp import Asked, ToCome, rsvp, takes_rsvps
from tocsin.rallies.models import Occurrence
from tocsin.rallies.queries.shown import occurrence_on, rally_at
from tocsin.rallies.rsvp_fields import WORDS, Problems, read_rsvp
from tocsin.signing.domain import Proof
from tocsin.website.pages import error_page
from tocsin.website.rsvp_form import shown_of
from tocsin.website.rsvp_pages import rsvp_page


class _Read(NamedTuple):
    """What was typed, and which beginning of the date the form showed."""

    filled: ToCome
    shown: str


async def take_rsvp(engine: Engine, request: Request, language: str, door: Door, rally: str) -> Response:
    """Take what was posted, durably, or give the form back."""
    now = clock()
    try:
        on = date.fromisoformat(request.path.split("/")[-2])
    except ValueError:
        return html(error_page(HTTPStatus.NOT_FOUND, language).encode(), HTTPStatus.NOT_FOUND)

    async def take(read: _Read, proof: Proof) -> Refusal | None:
        asked = await engine.call(lambda: _prepare(door, rally, on, read, now))
        if isinstance(asked, Refusal):
            return asked
        try:
            return None if await engine.comer.submit((asked, proof)) else Refusal.PROOF_SPENT
        except IntegrityError:  # the date went while this was on its way
            return Refusal.GONE

    path = f"/{language}/{door.campaign.slug}/rallies/{rally}/{on.isoformat()}/"
    form = Form(
        name="rsvp",
        action=f"{path}rsvp",
        thanks=f"{path}thanks/",
        button=_("I am coming"),
        read=lambda values: _read(values, language),
        address_of=lambda read: read.filled.address,
        take=take,
        page=lambda shown: rsvp_page(
            _find(door, rally, on), language, values=shown.values, errors=shown.errors, notice=shown.notice
        ),
    )
    return await guarded(form, engine=engine, request=request, door=door, language=language, now=now)


def _read(values: Mapping[str, str], language: str) -> _Read | Wrong:
    read = read_rsvp(values, language=language)
    if isinstance(read, Problems):
        return Wrong({name: WORDS[problem] for name, problem in read.by_field.items()}, read.suggested_email)
    return _Read(read, values.get("shown", ""))


def _find(door: Door, slug: str, on: date) -> Occurrence | None:
    rally = rally_at(door.campaign, slug)
    return occurrence_on(rally, on) if rally is not None else None


def _prepare(door: Door, slug: str, on: date, read: _Read, now: datetime) -> Asked | Refusal:
    """Seal the RSVP, off the event loop: the rally's key is a file."""
    occurrence = _find(door, slug, on)
    if occurrence is None or not takes_rsvps(occurrence.rally, occurrence, now):
        return Refusal.GONE
    if read.shown != shown_of(occurrence):
        return Refusal.CHANGED
    return rsvp(occurrence=occurrence, filled=read.filled, now=now)
