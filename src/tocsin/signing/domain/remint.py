"""Make lost mails anew: a keyholder's key opens the pending signatures whose letter nobody can read any more.

The token was in the lost letter alone, and the commitment hangs on it. So each signature is taken
once more, word for word as it was, under a new token; the old row goes in the same transaction.

Crash points: each batch is one transaction with old rows, old letters, new rows and new letters.
Dying between two batches leaves the rest set aside, for the next `remint`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import orjson

from tocsin import db
from tocsin.campaigns.models import AppealText
from tocsin.kit import addresses
from tocsin.outbox import domain as outbox
from tocsin.seal.tokens import letter_ref
from tocsin.signing.domain.store import store
from tocsin.signing.domain.take import Filled, take
from tocsin.signing.intake import Intake, ShownText
from tocsin.signing.models import PendingSignature
from tocsin.signing.states import Hold
from tocsin.vault.reader import Reader

_BATCH = 200


class Reminted(NamedTuple):
    """What became of the lost letters: made anew, and those about nothing that is still pending."""

    made: int
    left: int


class _Found(NamedTuple):
    row: PendingSignature
    payload: dict[str, str]
    letter: int


def remint(*, intake: Intake, private_keys: Sequence[bytes], now: datetime) -> Reminted:
    """Replace every lost letter of a campaign by a new one; each address gets one mail.

    Whoever has confirmed or withdrawn meanwhile is left alone: they had their mail. A signature
    made anew has seven days again, as its first mail never came.
    """
    outbox.find_lost(campaign=intake.campaign, now=now)
    made = 0
    for batch in _found(intake, private_keys):
        with db.transaction():
            made += _replace(intake, batch, now)
    return Reminted(made, outbox.lost_letters(campaign=intake.campaign))


def _found(intake: Intake, private_keys: Sequence[bytes]) -> Iterator[Sequence[_Found]]:
    """Yield the pending signatures that a lost letter is about, opened, a batch at a time."""
    lost = outbox.lost_refs(campaign=intake.campaign)
    reader = Reader(private_keys, intake.slug)
    batch: list[_Found] = []
    pending = PendingSignature.objects.filter(campaign_id=intake.campaign).order_by("token_hash")
    # The keys first: the rows themselves are replaced while we walk.
    keys = list(pending.values_list("token_hash", flat=True)) if lost else []
    for start in range(0, len(keys), _BATCH):
        for row in PendingSignature.objects.filter(token_hash__in=keys[start : start + _BATCH]):
            opened = reader.open(bytes(row.sealed))
            payload = {} if opened is None else orjson.loads(opened.payload)
            letter = lost.get(letter_ref(bytes.fromhex(payload["m"]))) if payload else None
            if letter is not None:
                batch.append(_Found(row, payload, letter))
        yield batch
        batch = []


def _replace(intake: Intake, batch: Sequence[_Found], now: datetime) -> int:
    """Take each of a batch again and remove the old rows, in the caller's transaction; return how many."""
    texts = {text.pk: text for text in AppealText.objects.filter(pk__in={found.row.text_id for found in batch})}
    taken = []
    for found in batch:
        filled = _filled(found, texts[found.row.text_id])
        if filled is None or not outbox.remove_lost([found.letter]):
            continue  # somebody else makes it anew at this moment: nobody gets two mails
        if not PendingSignature.objects.filter(token_hash=found.row.token_hash).delete()[0]:
            continue  # it was withdrawn at this moment: nobody gets one
        hold = None if found.row.hold is None else Hold(found.row.hold)
        consented = replace(intake, privacy=found.row.privacy_id)
        taken.append(take(intake=consented, filled=filled, hold=hold, proof=None, now=now))
    store(taken)
    return len(taken)


def _filled(found: _Found, text: AppealText) -> Filled | None:
    row, payload = found.row, found.payload
    address = addresses.parse(payload["email"])
    if address is None:
        return None
    return Filled(
        name=payload["name"],
        address=address,
        text=ShownText(text.pk, text.language, bytes(text.text_hash)),
        language=row.language,
        country=payload.get("country", ""),
        place=payload.get("place", ""),
        reason=payload.get("reason", ""),
        shows_name=row.shows_name,
        keep_informed=row.keep_informed,
    )
