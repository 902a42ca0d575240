"""Import rallies from a file: say what it would do, then do it. The same file again changes, and doubles nothing."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final, TypeVar

from django.db import IntegrityError

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.rallies.campaign_file.said import SaidDate
from tocsin.rallies.checks import settled
from tocsin.rallies.details import Details, details_of
from tocsin.rallies.domain.cancel import cancel_date
from tocsin.rallies.domain.change import tell_change
from tocsin.rallies.domain.move_date import Move, move_date
from tocsin.rallies.domain.reopen import reopen
from tocsin.rallies.domain.writing import NewRally, change_rally, write_rallies
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.queries.broadcasts import is_resolved
from tocsin.rallies.queries.duplicates import Likeness, Spot, duplicates_of
from tocsin.rallies.reading.found import FoundRally
from tocsin.rallies.refusals import Refusal, Refused, RefusedError
from tocsin.rallies.series import dates, moment_of
from tocsin.rallies.states import DateState, State

# So many at once: whoever signs meanwhile waits for one batch, not for the file.
_BATCH: Final = 100
_MOST_ASKED: Final = 500  # of one query's list
# What may be changed by a file; refused, merged or ended here, it stays so.
_CHANGEABLE: Final = (State.ANNOUNCED, State.APPROVED, State.RETURNED)


One = TypeVar("One")


class Fate(Enum):
    """What becomes of one rally of a file."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    ALIKE = "alike"  # it may be one that is there already: somebody has to look
    LEFT = "left"  # it was refused, merged or ended here


@dataclass(frozen=True, slots=True)
class Planned:
    """One rally of a file, what becomes of it, the rally it was before, and those it may be."""

    found: FoundRally
    fate: Fate
    rally: Rally | None = None
    likes: tuple[Likeness, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """How many rallies came in, were changed, stayed as they were, and were left out."""

    new: int = 0
    changed: int = 0
    same: int = 0
    left: int = 0


def plan(*, campaign: Campaign, rallies: Sequence[FoundRally], now: datetime) -> list[Planned]:
    """Return what `import_file` would do, in the file's order; nothing is written."""
    known = _known(campaign, [one.source for one in rallies])
    strangers = [one for one in rallies if one.source not in known]
    likes = duplicates_of(campaign, [Spot.of(one.details) for one in strangers])
    alike = {one.source: tuple(found) for one, found in zip(strangers, likes, strict=True)}
    rows = _rows(known.values(), now)
    return [_planned(one, known.get(one.source), alike, rows) for one in rallies]


def import_file(
    *, campaign: Campaign, rallies: Sequence[FoundRally], wanted: Collection[str], now: datetime
) -> Imported:
    """Store the rallies of a file as the team's own: public at once.

    One that may be there already is stored only if `wanted` names its source. Each batch is a transaction:
    cut off in the middle, the same file again goes on where it ended. Who comes to a date that changes is
    told. Raises RefusedError for details that were not checked when they were read, and once the campaign
    has reached its goal.
    """
    if is_resolved(campaign):
        raise RefusedError([Refused("file", Refusal.CAMPAIGN_OVER)])
    planned = plan(campaign=campaign, rallies=rallies, now=now)
    wanted = frozenset(wanted)
    counts: Counter[Fate] = Counter()
    for batch in _batches(planned, _BATCH):
        try:
            counts += _store(campaign, batch, wanted, now)
        except IntegrityError:  # the same file came in twice at once: what is new is there by now
            counts += _store(campaign, batch, wanted, now)
    return Imported(
        new=counts[Fate.NEW],
        changed=counts[Fate.CHANGED],
        same=counts[Fate.SAME],
        left=counts[Fate.LEFT] + counts[Fate.ALIKE],
    )


def _store(campaign: Campaign, batch: Sequence[Planned], wanted: Collection[str], now: datetime) -> Counter[Fate]:
    """Do what is planned, as far as it still holds; return how many rallies had which fate."""
    if not any(one.fate in {Fate.NEW, Fate.CHANGED} or one.found.source in wanted for one in batch):
        return Counter(one.fate for one in batch)
    with db.transaction():
        if is_resolved(campaign):
            raise RefusedError([Refused("file", Refusal.CAMPAIGN_OVER)])
        batch = list(_as_it_is_now(campaign, batch, wanted, now))
        counts = Counter(one.fate for one in batch)
        fresh = [one.found for one in batch if one.fate is Fate.NEW]
        stored = [*zip(fresh, _write(campaign, fresh, now), strict=True)]
        for one in batch:
            if one.fate is Fate.CHANGED and one.rally is not None:
                row = _change(campaign, one.found, one.rally, now)
                if row is None:
                    counts.subtract({Fate.CHANGED: 1, Fate.LEFT: -1})
                else:
                    stored.append((one.found, row))
    rows = _rows([rally for _found, rally in stored], now)
    for found, rally in stored:
        _settle_dates(found, rally, rows.get(rally.pk, ()), now)
    return counts


def _as_it_is_now(
    campaign: Campaign, batch: Sequence[Planned], wanted: Collection[str], now: datetime
) -> Iterator[Planned]:
    """Yield what is planned, anew for those that have come in since, and as new what may be alike but is wanted."""
    there = _known(campaign, [one.found.source for one in batch if one.rally is None])
    rows = _rows(there.values(), now)
    for one in batch:
        source = one.found.source
        if source in there:
            yield _planned(one.found, there[source], {}, rows)
        elif one.fate is Fate.ALIKE and source in wanted:
            yield replace(one, fate=Fate.NEW)
        else:
            yield one


def _known(campaign: Campaign, sources: Sequence[str]) -> dict[str, Rally]:
    return {
        rally.source: rally
        for some in _batches(sources, _MOST_ASKED)
        for rally in Rally.objects.filter(campaign=campaign, source__in=some)
    }


def _rows(rallies: Iterable[Rally], now: datetime) -> dict[int, list[Occurrence]]:
    rows: dict[int, list[Occurrence]] = {}
    for some in _batches([rally.pk for rally in rallies], _MOST_ASKED):
        for one in Occurrence.objects.filter(rally__in=some, ends_at__gt=now).order_by("original_on"):
            rows.setdefault(one.rally_id, []).append(one)
    return rows


def _planned(
    found: FoundRally,
    rally: Rally | None,
    alike: Mapping[str, tuple[Likeness, ...]],
    rows: Mapping[int, Sequence[Occurrence]],
) -> Planned:
    if rally is None:
        likes = alike[found.source]
        return Planned(found, Fate.ALIKE if likes else Fate.NEW, likes=likes)
    if rally.state not in _CHANGEABLE:
        return Planned(found, Fate.LEFT, rally)
    known_dates = rows.get(rally.pk, ())
    is_same = _merged(found, rally) == details_of(rally) and not [*_differing(found, rally, known_dates)]
    return Planned(found, Fate.SAME if is_same else Fate.CHANGED, rally)


def _merged(found: FoundRally, rally: Rally) -> Details:
    """Return the details of a rally as the file has them now; what files do not say stays as the team has it."""
    before, said = details_of(rally), found.details
    where = before.where if before.is_address_private else said.where  # what became private stays so
    return settled(
        replace(
            before,
            first_on=said.first_on,
            wall_time=said.wall_time,
            zone=said.zone,
            minutes=said.minutes,
            repeat=said.repeat,
            skipped=said.skipped,
            where=where,
            title={**before.title, **said.title},
            about={**before.about, **said.about},
            held_by=said.held_by or before.held_by,
            languages=said.languages or before.languages,
            attendance=said.attendance,
            online_url=said.online_url,
            access=said.access or before.access,
            crowd=said.crowd or before.crowd,
            capacity=said.capacity or before.capacity,
            chats=said.chats or before.chats,
        )
    )


def _write(campaign: Campaign, found: Sequence[FoundRally], now: datetime) -> list[Rally]:
    new = [NewRally(details=one.details, state=State.APPROVED, source=one.source) for one in found]
    return write_rallies(campaign=campaign, new=new, now=now)


def _change(campaign: Campaign, found: FoundRally, rally: Rally, now: datetime) -> Rally | None:
    """Change a rally, and return it as it is now; None when it was refused, merged or ended meanwhile."""
    row = Rally.objects.select_for_update().filter(pk=rally.pk, state__in=_CHANGEABLE).first()
    if row is None:
        return None
    row.campaign = campaign
    sequence, had_big_change = row.sequence, row.has_big_change
    details = _merged(found, row)
    if details != details_of(row):
        changed = change_rally(rally=row, details=details, now=now)
        # What the team brings in itself does not wait for the team to look at it.
        row.has_big_change = had_big_change
        row.save(update_fields=["has_big_change"])
        tell_change(row, changed, now, is_for_all=row.sequence != sequence)
    return row


def _settle_dates(found: FoundRally, rally: Rally, rows: Sequence[Occurrence], now: datetime) -> None:
    """Bring the dates to come in line with the file, each by its own verb: who comes is told."""
    differing = list(_differing(found, rally, rows))
    for one, said in differing:
        if said.state is DateState.CANCELLED:
            cancel_date(rally=rally.pk, date=one.pk, note="", now=now)
        elif _is_moved(one, said):
            _move(rally, one, said, now)
        else:
            reopen(rally=rally.pk, date=one.pk, note="", now=now)
    if differing:  # moving marks it, too
        standing = Rally.objects.filter(pk=rally.pk, state__in=_CHANGEABLE)
        standing.update(has_big_change=rally.has_big_change)


def _move(rally: Rally, one: Occurrence, said: SaidDate, now: datetime) -> None:
    move = Move(held_on=said.held_on, wall_time=said.wall_time, minutes=said.minutes, place=said.place)
    starts_at = moment_of(said.held_on, said.wall_time, said.minutes, rally.zone).starts_at
    if starts_at > now:  # what the file moved into the past is over
        move_date(rally=rally, date=one.pk, move=move, now=now)


def _differing(found: FoundRally, rally: Rally, rows: Sequence[Occurrence]) -> Iterator[tuple[Occurrence, SaidDate]]:
    """Yield the rows that are not as the file has them, with what it says about each.

    A date of a rally with a private address has no place of its own, whatever the file says. A file knows no
    postponing: what the team has postponed stays so until the file moves or cancels it.
    """
    details, said = found.details, {one.original_on: one for one in found.dates}
    days = [one.original_on for one in rows] or [details.first_on]
    first_on, skipped = details.first_on, details.skipped
    given = set(dates(first_on=first_on, repeat=details.repeat, skipped=skipped, since=min(days), until=max(days)))
    for one in rows:
        wanted = said.get(one.original_on) or _as_series(details, one)
        if rally.is_address_private:
            wanted = replace(wanted, place="")
        # A date that the series no longer gives was cancelled with it, and stays so.
        if found.is_cancelled or one.original_on not in given:
            wanted = replace(wanted, state=DateState.CANCELLED)
        if wanted.state is DateState.CANCELLED:
            if one.state != DateState.CANCELLED:
                yield one, wanted
        elif one.state == DateState.CANCELLED or _is_moved(one, wanted):
            yield one, wanted


def _as_series(details: Details, one: Occurrence) -> SaidDate:
    return SaidDate(
        original_on=one.original_on,
        state=DateState.STANDS,
        held_on=one.original_on,
        wall_time=details.wall_time,
        minutes=details.minutes,
        place="",
        address="",
        latitude=None,
        longitude=None,
        note="",
    )


def _is_moved(one: Occurrence, said: SaidDate) -> bool:
    is_then = (one.held_on, one.wall_time, one.minutes) == (said.held_on, said.wall_time, said.minutes)
    return not is_then or one.place != said.place


def _batches(some: Sequence[One], size: int) -> Iterator[Sequence[One]]:
    return (some[start : start + size] for start in range(0, len(some), size))
