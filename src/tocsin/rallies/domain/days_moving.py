"""Let the rallies of a day of action move with it, batch by batch.

Crash points: a batch is one transaction, which holds the moved dates, the letters about them and the place in the
run. Dying before its commit leaves the batch to be made again, dying after it leaves nothing to be made twice.
A day that is moved again meanwhile is moved for each rally in the same order.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Final

from django.db.models import F, QuerySet

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.campaigns.models import Campaign
from tocsin.outbox import domain as outbox
from tocsin.outbox.sealing import LetterRow
from tocsin.rallies.domain.tell import News, tell_coming
from tocsin.rallies.emails.desk import DAY_MOVED, letters_to_hosts
from tocsin.rallies.models import DayMove, DayOfAction, Occurrence, Rally
from tocsin.rallies.queries.broadcasts import is_resolved
from tocsin.rallies.series import moment_of
from tocsin.rallies.states import DateState, State
from tocsin.rallies.wording import clock_of, day_in, hours_in

# Of one transaction: whoever signs on SQLite meanwhile waits for it. A rally with more people is a batch alone.
RALLIES: Final = 25
PEOPLE: Final = 250
_NO_DAY: Final = date.min  # before the first one that a rally can have (repeats.FIRST_DAY)
_MOVES = (State.ASKED, State.ANNOUNCED, State.APPROVED, State.RETURNED)


def begin(*, day: DayOfAction, held_on: date, wall_time: time | None, now: datetime) -> DayMove | None:
    """Note where a day's rallies go, as a step of the transaction that moves it; None when they stay.

    `day` is as it was until now.
    """
    db.required()
    if held_on == day.held_on and not _changes_hour(day.wall_time, wall_time):
        return None
    return DayMove.objects.create(
        day=day, from_on=day.held_on, from_time=day.wall_time, to_on=held_on, to_time=wall_time, said_at=now
    )


def work(*, now: Callable[[], datetime], goes_on: Callable[[], bool] = lambda: True) -> bool:
    """Move the rallies of every day that was moved; False when there was nothing to do.

    One day whose rallies cannot be moved holds up no other; the first error is raised behind them all.
    """
    did_any = False
    failed: dict[int, Exception] = {}
    under_way = DayMove.objects.filter(done_at__isnull=True).order_by("pk").values_list("pk", "day")
    for number, day in list(under_way):
        if day in failed:
            continue  # its moves follow one another
        try:
            did_any = _move_all(number, now, goes_on) or did_any
        except Exception as error:  # noqa: BLE001  whatever it is, the other days are to move
            failed[day] = error
    if failed:
        raise next(iter(failed.values()))
    return did_any


def _move_all(move: int, now: Callable[[], datetime], goes_on: Callable[[], bool]) -> bool:
    did_any, has_more = False, True
    while has_more and goes_on():
        with db.transaction():
            has_more = move_batch(move=move, now=now())
        did_any = True
    return did_any


def move_batch(*, move: int, now: datetime) -> bool:
    """Move the next rallies, as a step of the caller's transaction; False when there are none behind them.

    Their hosts and those who come are told. What another worker has done is not done again, and a move waits
    for the ones before it of the same day. None goes on once the campaign's goal is reached: its rallies end.
    Raises KeysSealedError.
    """
    db.required()
    # The row is locked until the end: of two workers the second goes on where the first has stopped.
    this = DayMove.objects.select_for_update(of=("self",)).filter(pk=move, done_at__isnull=True)
    found = this.select_related("day__campaign").first()
    if found is None:
        return False
    campaign = found.day.campaign
    if is_resolved(campaign):
        this.update(done_at=now)
        return False
    if DayMove.objects.filter(day=found.day_id, done_at__isnull=True, pk__lt=move).exists():
        return True
    numbers = list(_standing(found, now).order_by("rally_id").values_list("rally_id", flat=True)[: RALLIES + 1])
    dates = _locked(found, numbers[:RALLIES], now)
    batch = _batch(dates)
    is_cut = len(batch) < len(dates)
    reached = [one.rally_id for one in batch] if is_cut else numbers[:RALLIES]
    in_the_way = _in_the_way(batch, found.to_on)
    moved = [one for one in batch if _move_one(one, found, now, in_the_way.get(one.rally_id))]
    _store(moved, [one for one in in_the_way.values() if one.original_on != found.to_on])
    # Of a postponed one there is no date to tell, until its host gives it one.
    standing = [one for one in moved if one.state == DateState.STANDS]
    outbox.post(_letters_to_hosts(campaign, standing, now))
    tell_coming(occurrences=[one for one in standing if one.coming or one.waiting], what=News.CHANGED, now=now)
    has_more = is_cut or len(numbers) > RALLIES
    this.update(
        moved=F("moved") + len(standing),
        after_rally=reached[-1] if reached else found.after_rally,
        done_at=None if has_more else now,
    )
    if moved:
        touch(campaign=campaign)
    return has_more


def _standing(move: DayMove, now: datetime) -> QuerySet[Occurrence]:
    """Return the dates that stand at the old rule and have not had their turn."""
    return Occurrence.objects.filter(
        rally__day_of_action=move.day_id, rally__state__in=_MOVES, rally__repeat="", original_on=F("rally__first_on"),
        rally__gt=move.after_rally, ends_at__gt=now, held_on=move.from_on,
    ).exclude(state=DateState.CANCELLED)  # fmt: skip


def _locked(move: DayMove, numbers: Sequence[int], now: datetime) -> list[Occurrence]:
    """Return those of these rallies' dates that still stand at the old rule, locked, with their rallies.

    The rallies first, as every verb that changes one: of two at once, the second sees what the first has done.
    """
    rows = Rally.objects.filter(pk__in=numbers).select_for_update(no_key=True).order_by("pk")
    rallies = {one.pk: one for one in rows}
    dates = list(
        _standing(move, now).filter(rally__in=numbers).select_for_update(of=("self",), no_key=True).order_by("rally_id")
    )
    for one in dates:
        one.rally = rallies[one.rally_id]
    return dates


def _batch(dates: Sequence[Occurrence]) -> Sequence[Occurrence]:
    people = 0
    for number, one in enumerate(dates):
        people += one.coming + one.waiting
        if number and people > PEOPLE:
            return dates[:number]
    return dates


def _in_the_way(batch: Sequence[Occurrence], on: date) -> dict[int, Occurrence]:
    """Return the other rows for a day, by rally: who changes a rally's date leaves the old one cancelled."""
    rows = Occurrence.objects.filter(rally__in=[one.rally_id for one in batch], original_on=on)
    return {row.rally_id: row for row in rows.exclude(pk__in=[one.pk for one in batch])}


def _changes_hour(before: time | None, after: time | None) -> bool:
    return before is not None and after is not None and after != before


def _move_one(one: Occurrence, move: DayMove, now: datetime, in_the_way: Occurrence | None) -> bool:
    """Give a date its new day and hour, in memory; say whether that changed it.

    Where that moment has passed by the clock of the place, the date stays. A row that has the new day already
    swaps with it when nothing but the rule had cancelled that row. Where somebody has decided about it, the date
    moves by itself, as its host would move it, and the rally's rule stays.
    """
    hour = one.wall_time
    if _changes_hour(move.from_time, move.to_time) and hour == move.from_time and move.to_time is not None:
        hour = move.to_time
    if (move.to_on, hour) == (one.held_on, one.wall_time):
        return False
    rally = one.rally
    moment = moment_of(move.to_on, hour, one.minutes, rally.zone)
    if moment.starts_at <= now:
        return False
    one.held_on, one.wall_time = move.to_on, hour
    if in_the_way is None or in_the_way.is_off_rule:
        if in_the_way is not None:
            _put(in_the_way, one.original_on, rally, now)
        one.original_on = rally.first_on = move.to_on
        rally.wall_time = hour
    one.starts_at, one.ends_at = moment
    one.changed_at = rally.changed_at = now
    rally.sequence += 1
    return True


def _put(one: Occurrence, on: date, rally: Rally, now: datetime) -> None:
    """Let a cancelled row be the one for another day, in memory."""
    one.original_on = one.held_on = on
    one.starts_at, one.ends_at = moment_of(on, one.wall_time, one.minutes, rally.zone)
    one.changed_at = now


def _store(moved: Sequence[Occurrence], swapped: Sequence[Occurrence]) -> None:
    """Store the moved dates, and the rows that swapped with some of them: a rally has one row a day at every moment."""
    columns = ["original_on", "held_on", "wall_time", "starts_at", "ends_at", "changed_at"]
    Occurrence.objects.filter(pk__in=[one.pk for one in swapped]).update(original_on=_NO_DAY)
    Occurrence.objects.bulk_update(moved, columns)
    Occurrence.objects.bulk_update(swapped, columns)
    Rally.objects.bulk_update([one.rally for one in moved], ["first_on", "wall_time", "changed_at", "sequence"])


def _letters_to_hosts(campaign: Campaign, moved: Sequence[Occurrence], now: datetime) -> list[LetterRow]:
    dates = {one.rally_id: one for one in moved}

    def when(rally: Rally, language: str) -> dict[str, str]:
        date_of = dates[rally.pk]
        hours = hours_in(date_of, rally.zone, language)
        return {"when": f"{day_in(date_of, language)}, {hours} ({clock_of(date_of, rally.zone)})"}

    for one in moved:
        one.rally.campaign = campaign
    return letters_to_hosts(
        kind=DAY_MOVED, campaign=campaign, rallies=[one.rally for one in moved], now=now, texts=when
    )
