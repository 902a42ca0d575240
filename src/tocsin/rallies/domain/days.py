"""Days of action: put one down, change it, take it away; its rallies move with it (domain/days_moving.py)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import NamedTuple

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.languages import is_known
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.slugs import slug_from
from tocsin.kit import names
from tocsin.rallies.checks import LONGEST, day_refusal, earliest_day
from tocsin.rallies.domain.days_moving import begin, move_batch
from tocsin.rallies.models import DayMove, DayOfAction
from tocsin.rallies.refusals import Refusal, Refused, RefusedError

_MAX_KEY = 55  # leaves room for a number behind it


class Put(NamedTuple):
    """A day of action as it is stored now, how many rallies moved with it at once, and whether more follow."""

    day: DayOfAction
    moved: int
    goes_on: bool = False


def put_day(
    *,
    campaign: Campaign,
    title: Mapping[str, str],
    held_on: date,
    wall_time: time | None,
    now: datetime,
    day: int | None = None,
) -> Put | None:
    """Store a day of action, new or (by its number) changed; None when that one is not there any more.

    A rally that is held once on the day's date moves with the date, one that begins at the day's hour moves
    with the hour, each by the clock of its own place; one that says otherwise stays where it is. Hosts and
    those who come are told. The first batch of them moves here, the worker takes the others along. No day
    moves to a date that is over: its rallies would be too, with nobody told, and could not be moved back.
    Raises RefusedError and KeysSealedError.
    """
    texts = {code: kept for code, text in title.items() if (kept := names.tidy(text))}
    if refused := tuple(_refusals(texts, held_on)):
        raise RefusedError(refused)
    with db.transaction():
        if day is None:
            key = _free_key(campaign, texts)
            fields = {"title": texts, "held_on": held_on, "wall_time": wall_time}
            stored = DayOfAction.objects.create(campaign=campaign, key=key, **fields)
            touch(campaign=campaign)
            return Put(stored, 0)
        before = DayOfAction.objects.select_for_update(no_key=True).filter(pk=day, campaign=campaign).first()
        if before is None:
            return None
        if held_on != before.held_on and held_on < earliest_day(now):
            raise RefusedError([Refused("held_on", Refusal.DATE_PAST)])
        move = begin(day=before, held_on=held_on, wall_time=wall_time, now=now)
        before.title, before.held_on, before.wall_time = texts, held_on, wall_time
        before.save()
        goes_on = move is not None and move_batch(move=move.pk, now=now)
        touch(campaign=campaign)  # behind the rallies: their hosts' verbs lock them first
        if move is None:
            return Put(before, 0)
        return Put(before, DayMove.objects.get(pk=move.pk).moved, goes_on)


def remove_day(*, campaign: Campaign, day: int) -> bool:
    """Take a day of action away; its rallies stay, and belong to none.

    False when it is not there any more, and as long as rallies are on their way to its new date.
    """
    with db.transaction():
        held = DayOfAction.objects.select_for_update().filter(pk=day, campaign=campaign)
        if held.first() is None or DayMove.objects.filter(day=day, done_at__isnull=True).exists():
            return False
        gone, _ = DayOfAction.objects.filter(pk=day, campaign=campaign).delete()
        if gone:
            touch(campaign=campaign)
    return bool(gone)


def _refusals(texts: Mapping[str, str], held_on: date) -> Iterator[Refused]:
    if (wrong_day := day_refusal(held_on)) is not None:
        yield Refused("held_on", wrong_day)
    if not texts:
        yield Refused("title", Refusal.EMPTY)
    for code, text in texts.items():
        if not is_known(code):
            yield Refused("title", Refusal.WRONG_CHOICE)
        if len(text) > LONGEST["title"]:
            yield Refused(f"title.{code}", Refusal.TOO_LONG, str(LONGEST["title"]))
        elif names.text_refusal(text) is not None or "\n" in text:
            yield Refused(f"title.{code}", Refusal.NOT_PLAIN)


def _free_key(campaign: Campaign, texts: Mapping[str, str]) -> str:
    base = next((slug for text in texts.values() if (slug := slug_from(text)[:_MAX_KEY].rstrip("-"))), "day")
    taken = set(DayOfAction.objects.filter(campaign=campaign, key__startswith=base).values_list("key", flat=True))
    return next(
        key for number in range(1, len(taken) + 2) if (key := base if number == 1 else f"{base}-{number}") not in taken
    )
