"""The views of the Django baseline (see plain.py)."""

import secrets
from datetime import UTC, datetime
from functools import lru_cache

import orjson
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from tocsin.campaigns import queries as campaigns
from tocsin.campaigns.models import Campaign
from tocsin.lane.proof import ProofFlaw, ProofKeys, proof_keys, verify
from tocsin.outbox.models import Letter
from tocsin.outbox.sealing import COLUMNS as LETTER_COLUMNS
from tocsin.seal.box import own_copy_box
from tocsin.seal.commitment import SALT_BYTES
from tocsin.seal.tokens import from_text, manage_token, token_hash
from tocsin.signing.domain import Filled, take
from tocsin.signing.domain.store import PENDING_COLUMNS
from tocsin.signing.forms import read_sign_form
from tocsin.signing.intake import Intake, load_intake
from tocsin.signing.models import Listing, PendingSignature, Signature, SpentProof
from tocsin.signing.seat_ref import make_ref
from tocsin.signing.states import State
from tocsin.tally.models import QueuedEntry
from tocsin.tlog.entry import Kind
from tocsin.tlog.entry import sign as entry_of
from tocsin.vault.sealer import store_epochs


@lru_cache(maxsize=1)
def _keys() -> ProofKeys:
    return proof_keys()


@lru_cache(maxsize=8)
def _intake(slug: str) -> Intake | None:
    campaign = campaigns.by_slug(slug)
    return None if campaign is None else load_intake(campaign)


@csrf_exempt
def sign(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """Take a signature: check the form, seal it, write its rows, send the browser on."""
    now = datetime.now(UTC)
    intake = _intake(slug)
    text = intake.text_shown(language, bytes.fromhex(request.POST.get("text_hash", ""))) if intake else None
    if intake is None or text is None:
        return HttpResponseBadRequest()
    filled = read_sign_form(request.POST.dict(), fields=intake.form, text=text, language=language)
    proof = verify(_keys(), request.POST.get("altcha", ""), slug, now)
    if not isinstance(filled, Filled) or isinstance(proof, ProofFlaw):
        return HttpResponseBadRequest()
    taken = take(intake=intake, filled=filled, hold=None, proof=proof, now=now)
    with transaction.atomic():
        store_epochs([taken.epoch])
        SpentProof.objects.create(expires_at=proof.expires_at, nonce=proof.nonce)
        PendingSignature.objects.create(**dict(zip(PENDING_COLUMNS, taken.pending, strict=True)))
        Letter.objects.create(**dict(zip(LETTER_COLUMNS, taken.letter, strict=True)))
    return HttpResponse(status=303, headers={"Location": f"/{language}/{slug}/thanks/"})


@csrf_exempt
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm a signature: find its pending row, find it a seat, move it, queue its entry."""
    raw = from_text(token)
    if raw is None or request.POST.get("consent") != "yes":
        return HttpResponseBadRequest()
    with transaction.atomic():
        found = PendingSignature.objects.select_for_update().filter(token_hash=token_hash(raw)).first()
        if found is None:
            return HttpResponseBadRequest()
        taken = set(Signature.objects.filter(campaign=found.campaign_id, tag=found.tag).values_list("seat", flat=True))
        seat = 1 if 0 in taken else 0
        line = _line(found, raw)
        Signature.objects.create(
            **{column: getattr(found, column) for column in PENDING_COLUMNS if column != "taken_on"},
            seat=seat,
            state=State.CONFIRMED,
            signed_on=datetime.now(UTC).date(),
            listing=line.id if line else None,
        )
        found.delete()
        entry = entry_of(_slug(found.campaign_id), bytes(found.commitment))
        QueuedEntry.objects.create(
            id=secrets.randbits(63),
            campaign=found.campaign_id,
            kind=Kind.SIGN,
            entry=entry,
            ref=make_ref(found.tag, seat),
        )
    return HttpResponse("<!doctype html><title>Confirmed</title>")


def _line(found: PendingSignature, token: bytes) -> Listing | None:
    """Store the public list's line of somebody who shows their name."""
    if found.public_part is None:
        return None
    opened = own_copy_box(manage_token(token)).open(b"own-copy", bytes(found.own_copy))
    payload = orjson.loads(opened[SALT_BYTES:])
    return Listing.objects.create(
        campaign_id=found.campaign_id,
        signed_on=datetime.now(UTC).date(),
        id=secrets.randbits(63),
        name=payload["name"],
        place=payload.get("place", ""),
        country=found.country,
        language=found.language,
    )


@lru_cache(maxsize=8)
def _slug(campaign: int) -> str:
    return Campaign.objects.get(pk=campaign).slug


urlpatterns = [
    path("c/<str:token>", confirm),
    path("<str:language>/<slug:slug>/sign", sign),
    path("", include("tocsin.website.urls")),
]
