"""Letters that nobody can open any more: set aside, so that a keyholder can have them made anew.

In sealed mode the keys of letters end with the machine's power. What a letter said is lost then,
but a pending signature lies sealed to its campaign's key too, and the letter's `ref` says which.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import connection

from tocsin import db
from tocsin.outbox.keys import OutboxKeyGoneError, opening_box
from tocsin.outbox.models import Letter
from tocsin.outbox.sealing import open_letter
from tocsin.seal.box import Box, BoxBrokenError

# Due when nobody lives any more: no worker claims it, and expire_letters takes it after five days.
SET_ASIDE_AT = 1 << 60
_BATCH = 2_000


def set_aside(letters: Collection[int]) -> None:
    """Let letters with a `ref` wait for a keyholder instead of dropping them; inside a transaction."""
    db.required()
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE outbox_letter SET due_at = %s, attempts = 0 WHERE id = %s",
            [(SET_ASIDE_AT, letter) for letter in sorted(letters)],
        )


def find_lost(*, campaign: int, now: datetime) -> int:
    """Set aside a campaign's letters that do not open; return how many are set aside now.

    Letters that a worker holds are left to it.
    """
    boxes: dict[int, Box | None] = {}
    for batch in _due(campaign, int(now.timestamp())):
        lost = [letter.pk for letter in batch if not _opens(letter, boxes)]
        with db.transaction():
            set_aside(lost)
    return lost_letters(campaign=campaign)


def lost_letters(*, campaign: int) -> int:
    """Return how many letters of a campaign wait for a keyholder."""
    return Letter.objects.filter(campaign=campaign, due_at=SET_ASIDE_AT).count()


def lost_refs(*, campaign: int) -> dict[bytes, int]:
    """Return the letters of a campaign that wait for a keyholder, by what each is about."""
    rows = Letter.objects.filter(campaign=campaign, due_at=SET_ASIDE_AT, ref__isnull=False)
    pairs = rows.values_list("ref", "id").iterator(chunk_size=_BATCH)
    return {bytes(ref): letter for ref, letter in pairs if ref is not None}


def remove_lost(letters: Collection[int]) -> int:
    """Remove letters that were made anew, in the caller's transaction; return how many were still there."""
    db.required()
    removed = 0
    with connection.cursor() as cursor:
        for letter in sorted(letters):
            cursor.execute("DELETE FROM outbox_letter WHERE id = %s AND due_at = %s", [letter, SET_ASIDE_AT])
            removed += cursor.rowcount
    return removed


def _due(campaign: int, moment: int) -> Iterator[list[Letter]]:
    after = 0
    while True:
        rows = Letter.objects.filter(campaign=campaign, ref__isnull=False, due_at__lte=moment, pk__gt=after)
        batch = list(rows.order_by("pk")[:_BATCH])
        if not batch:
            return
        after = batch[-1].pk
        yield batch


def _opens(letter: Letter, boxes: dict[int, Box | None]) -> bool:
    if letter.key_day not in boxes:
        try:
            boxes[letter.key_day] = opening_box(letter.key_day)
        except OutboxKeyGoneError:
            boxes[letter.key_day] = None
    box = boxes[letter.key_day]
    if box is None:
        return False
    try:
        open_letter(box, kind=letter.kind, campaign=letter.campaign, sealed=bytes(letter.sealed))
    except BoxBrokenError:
        return False
    return True
