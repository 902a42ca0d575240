"""Days of action: put one down, and let the rallies that stand at its rule move with it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.languages import is_known
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.slugs import slug_from
from tocsin.kit import names
from tocsin.outbox import domain as outbox
from tocsin.outbox.sealing import LetterRow
from tocsin.rallies.checks import LONGEST, day_refusal
from tocsin.rallies.domain.tell import News, tell_coming
from tocsin.rallies.emails.desk import DAY_MOVED, letters_to_hosts
from tocsin.rallies.models import DayOfAction, Occurrence, Rally
from tocsin.rallies.refusals import Refusal, Refused, RefusedError
from tocsin.rallies.series import moment_of
from tocsin.rallies.states import DateState, State
from tocsin.rallies.wording import clock_of, day_in, hours_in

_MAX_KEY = 55  # leaves room for a number behind it
_BATCH = 500
_MOVES = (State.ASKED, State.ANNOUNCED, State.APPROVED, State.RETURNED)


class Put(NamedTuple):
    """A day of action as it is stored now, and how many rallies moved with it."""

    day: DayOfAction
    moved: int


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
    those who come are told. Raises RefusedError.
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
        before = DayOfAction.objects.select_for_update().filter(pk=day, campaign=campaign).first()
        if before is None:
            return None
        moved = _move_rallies(before, held_on, wall_time, now)
        before.title, before.held_on, before.wall_time = texts, held_on, wall_time
        before.save()
        outbox.post(_letters_to_hosts(campaign, moved, now))
        tell_coming(occurrences=[one for one in moved if one.coming or one.waiting], what=News.CHANGED, now=now)
        touch(campaign=campaign)
    return Put(before, len(moved))


def remove_day(*, campaign: Campaign, day: int) -> bool:
    """Take a day of action away; its rallies stay, and belong to none. False when it is not there any more."""
    with db.transaction():
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


def _move_rallies(before: DayOfAction, held_on: date, wall_time: time | None, now: datetime) -> list[Occurrence]:
    """Move the rallies that stand at the rule; return their dates, with their rallies."""
    changes_hour = before.wall_time is not None and wall_time is not None and wall_time != before.wall_time
    if held_on == before.held_on and not changes_hour:
        return []
    dates = Occurrence.objects.filter(
        rally__day_of_action=before, rally__state__in=_MOVES, rally__repeat="", rally__first_on=before.held_on,
        ends_at__gt=now, original_on=before.held_on, held_on=before.held_on,
    ).exclude(state=DateState.CANCELLED)  # fmt: skip
    moved: list[Occurrence] = []
    for batch in _batches(list(dates.select_related("rally").order_by("rally_id"))):
        changed = []
        for one in batch:
            hour = wall_time if changes_hour and wall_time and one.wall_time == before.wall_time else one.wall_time
            if (held_on, hour) != (one.held_on, one.wall_time):
                _move_one(one, held_on, hour, now)
                changed.append(one)
        Occurrence.objects.bulk_update(
            changed, ["original_on", "held_on", "wall_time", "starts_at", "ends_at", "changed_at"]
        )
        Rally.objects.bulk_update([one.rally for one in changed], ["first_on", "wall_time", "changed_at", "sequence"])
        moved += changed
    return moved


def _move_one(one: Occurrence, held_on: date, hour: time, now: datetime) -> None:
    rally = one.rally
    one.original_on = one.held_on = rally.first_on = held_on
    one.wall_time = rally.wall_time = hour
    one.starts_at, one.ends_at = moment_of(held_on, hour, one.minutes, rally.zone)
    one.changed_at = rally.changed_at = now
    rally.sequence += 1


def _letters_to_hosts(campaign: Campaign, moved: Sequence[Occurrence], now: datetime) -> list[LetterRow]:
    """Return what hosts are told."""
    dates = {one.rally_id: one for one in moved}

    def when(rally: Rally, language: str) -> dict[str, str]:
        date_of = dates[rally.pk]
        hours = hours_in(date_of, rally.zone, language)
        return {"when": f"{day_in(date_of, language)}, {hours} ({clock_of(date_of, rally.zone)})"}

    letters: list[LetterRow] = []
    for batch in _batches(moved):
        for one in batch:
            one.rally.campaign = campaign
        rallies = [one.rally for one in batch]
        letters += letters_to_hosts(kind=DAY_MOVED, campaign=campaign, rallies=rallies, now=now, texts=when)
    return letters


def _batches(dates: Sequence[Occurrence]) -> Iterator[Sequence[Occurrence]]:
    for start in range(0, len(dates), _BATCH):
        yield dates[start : start + _BATCH]
