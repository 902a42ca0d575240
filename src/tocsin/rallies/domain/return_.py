"""Return: a rally goes back to its host, with a note about what to mend."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.outbox import domain as outbox
from tocsin.rallies.domain.moving import move
from tocsin.rallies.emails.desk import RETURNED, letters_to_hosts
from tocsin.rallies.refusals import Refusal, Refused, RefusedError
from tocsin.rallies.states import State

MAX_NOTE = 1_000


def return_rallies(*, campaign: Campaign, rallies: Iterable[int], note: str, now: datetime) -> list[int]:
    """Return those of `rallies` that are announced or approved, and mail the note to their hosts.

    They are off lists and map, and stay live by their link. Returns their numbers; raises RefusedError
    for a note that says nothing, or is too long.
    """
    note = note.replace("\r\n", "\n").strip()
    if not note:
        raise RefusedError([Refused("note", Refusal.EMPTY)])
    if len(note) > MAX_NOTE:
        raise RefusedError([Refused("note", Refusal.TOO_LONG, str(MAX_NOTE))])
    with db.transaction():
        changes: dict[str, Any] = {"note": note, "has_big_change": False, "reports": 0, "changed_at": now}
        moved = move(campaign=campaign, rallies=rallies, to=State.RETURNED, **changes)
        letters = letters_to_hosts(kind=RETURNED, campaign=campaign, rallies=moved, now=now, texts={"note": note})
        outbox.post(letters)
    return [rally.pk for rally in moved]
