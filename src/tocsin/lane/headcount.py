"""Take what somebody says of how many came: POST /{lang}/{campaign}/rallies/{rally}/{date}/count.

It waits for somebody of the team, so nothing shows at once; whatever is wrong comes back with all that was typed
(guard.py). No address is asked for: nobody gets a mail. A photo is made afresh only when everything else is right, the
date takes headcounts and its proof of work is not spent; one at a time, a few of one network.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from http import HTTPStatus

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from tocsin.lane.batcher import BusyError
from tocsin.lane.doors import Door
from tocsin.lane.engine import Engine, clock
from tocsin.lane.guard import Form, Refusal, Wrong, guarded, once
from tocsin.lane.http import Request, Response, html
from tocsin.rallies.domain.headcounts import Reported, add_headcount, takes_headcounts
from tocsin.rallies.headcount_fields import read_report
from tocsin.rallies.models import Occurrence
from tocsin.rallies.photos import FIELD, SentPhoto, refused
from tocsin.rallies.queries.shown import occurrence_on, rally_at
from tocsin.rallies.refusals import Refusal as PhotoRefusal
from tocsin.rallies.refusals import Refused, RefusedError
from tocsin.signing.domain import Proof, is_spent
from tocsin.website.headcount_pages import count_page
from tocsin.website.pages import error_page


async def take_headcount(engine: Engine, request: Request, language: str, door: Door, rally: str) -> Response:
    """Take what was posted, durably, or give the form back."""
    now = clock()
    try:
        on = date.fromisoformat(request.path.split("/")[-2])
    except ValueError:
        return html(error_page(HTTPStatus.NOT_FOUND, language).encode(), HTTPStatus.NOT_FOUND)

    async def take(reported: Reported, proof: Proof) -> Refusal | Wrong | None:
        try:
            if request.photo is None:
                return await engine.call(lambda: _store(_find(door, rally, on), reported, proof, now))
            if (refusal := await engine.call(lambda: _refuse(_find(door, rally, on), proof, now))) is not None:
                return refusal
            photo = await _made_afresh(engine, request.client, request.photo)
            return await engine.call(lambda: _store(_find(door, rally, on), reported, proof, now, photo))
        except RefusedError as error:
            return _wrong(error.refused)

    path = f"/{language}/{door.campaign.slug}/rallies/{rally}/{on.isoformat()}/count"
    form = Form(
        name="headcount",
        action=path,
        thanks=f"{path}/thanks/",
        button=_("Send what I know"),
        read=lambda values: _read(values, request.photo),
        address_of=lambda _reported: None,
        take=take,
        page=lambda shown: count_page(
            _find(door, rally, on), language, values=shown.values, errors=shown.errors, notice=shown.notice
        ),
    )
    return await guarded(form, engine=engine, request=request, door=door, language=language, now=now)


def _read(values: Mapping[str, str], photo: SentPhoto | None) -> Reported | Wrong:
    read = read_report(values)
    lost = (Refused(FIELD, photo.flaw),) if photo is not None and photo.flaw is not None else ()
    if isinstance(read, Reported):
        return _wrong(lost) if lost else read
    return _wrong((*read, *lost))


def _wrong(refused: Iterable[Refused]) -> Wrong:
    # Worded when the page is made, in its language.
    return Wrong({one.field: _mend(one) for one in refused})


async def _made_afresh(engine: Engine, client: str, photo: SentPhoto) -> bytes:
    try:
        return await engine.on_photo_thread(client, photo.made_afresh)
    except BusyError as error:
        raise refused(PhotoRefusal.PHOTO_BUSY) from error


def _worded(refused: Refused) -> str:
    return refused.mend


_mend = lazy(_worded, str)


def _find(door: Door, slug: str, on: date) -> Occurrence | None:
    rally = rally_at(door.campaign, slug)
    return occurrence_on(rally, on) if rally is not None else None


def _refuse(occurrence: Occurrence | None, proof: Proof, now: datetime) -> Refusal | None:
    """Return what can be refused without writing, before a photo costs its seconds."""
    if occurrence is None or not takes_headcounts(occurrence.rally, occurrence, now):
        return Refusal.GONE
    return Refusal.PROOF_SPENT if is_spent(proof) else None


def _store(
    occurrence: Occurrence | None, reported: Reported, proof: Proof, now: datetime, photo: bytes = b""
) -> Refusal | None:
    if occurrence is None or not takes_headcounts(occurrence.rally, occurrence, now):
        return Refusal.GONE
    done = once(proof, lambda: add_headcount(occurrence=occurrence, reported=reported, now=now, photo=photo))
    return done if isinstance(done, Refusal) else None
