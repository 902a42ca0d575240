"""Resolve: the campaign has reached its goal. One act ends every rally, and tells everybody."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.rallies.domain.broadcast import MAX_TEXT
from tocsin.rallies.models import Broadcast
from tocsin.rallies.refusals import Refusal, Refused, RefusedError
from tocsin.rallies.states import BroadcastState


def resolve(*, campaign: Campaign, text: Mapping[str, str], shown_until: datetime, now: datetime) -> Broadcast | None:
    """Say that the goal is reached: the banner shows at once; None when somebody has said so before.

    The worker goes through the rallies (domain/broadcast.py): as each one's turn comes it ends, its dates to
    come are cancelled with these words, and whoever holds it or comes is written to, each address once.
    Raises RefusedError.
    """
    texts = {code: kept for code, said in text.items() if (kept := said.replace("\r\n", "\n").strip())}
    if not texts:
        raise RefusedError([Refused("text", Refusal.EMPTY)])
    if long := [code for code, said in texts.items() if len(said) > MAX_TEXT]:
        raise RefusedError([Refused(f"text.{code}", Refusal.TOO_LONG, str(MAX_TEXT)) for code in long])
    try:
        with db.transaction():
            stored = Broadcast.objects.create(
                campaign=campaign,
                state=BroadcastState.SENDING,
                is_ending=True,
                text=texts,
                shown_until=shown_until,
                sent_at=now,
            )
            touch(campaign=campaign)
    except IntegrityError:  # the database says that it was said
        return None
    return stored
