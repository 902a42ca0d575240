"""Store the rallies of a campaign file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.rallies.campaign_file.said import Said, SaidDate, SaidRally
from tocsin.rallies.details import Where
from tocsin.rallies.domain.writing import NewRally, write_rallies
from tocsin.rallies.hosts import seal_place
from tocsin.rallies.models import DayOfAction, Occurrence, Rally
from tocsin.rallies.series import moment_of
from tocsin.rallies.states import DateState, State

_BATCH: Final = 500
# What is a date's own.
_OWN: Final = (
    "held_on", "wall_time", "minutes", "starts_at", "ends_at", "state", "place", "address", "latitude", "longitude",
    "note", "changed_at",
)  # fmt: skip
One = TypeVar("One")


def store(*, campaign: Campaign, said: Said, now: datetime) -> dict[str, Any]:
    """Store what the team's file says about rallies, all of it approved, as a step of the caller's transaction.

    A private place is sealed under the rally's key; of what is over it is dropped. Raises KeysSealedError.

    Returns what has no place yet: {"days_of_action": {key: table}, "rallies": {slug: table}}, where there is any.
    """
    db.required()
    days = {
        day.key: DayOfAction.objects.create(
            campaign=campaign, key=day.key, title=dict(day.title), held_on=day.held_on, wall_time=day.wall_time
        ).pk
        for day in said.days
    }
    # Addresses that the file names first: a town's name could take one of them before it is there.
    named_first = sorted(said.rallies, key=lambda one: not one.slug)
    taken = _uids_elsewhere(named_first)
    stored: list[tuple[SaidRally, Rally]] = []
    for start in range(0, len(named_first), _BATCH):
        batch = named_first[start : start + _BATCH]
        rallies = write_rallies(campaign=campaign, new=[_new(one, days, taken) for one in batch], now=now)
        stored += zip(batch, rallies, strict=True)
    _end([rally for one, rally in stored if one.has_ended], now)
    _seal([(one, rally) for one, rally in stored if one.private], now)
    _change([(one, rally) for one, rally in stored if one.dates], now)
    rests = {
        "days_of_action": {day.key: dict(day.rest) for day in said.days if day.rest},
        "rallies": {rally.slug: dict(one.rest) for one, rally in stored if one.rest},
    }
    return {key: rest for key, rest in rests.items() if rest}


def _uids_elsewhere(said: Sequence[SaidRally]) -> set[str]:
    """Return which of the file's names for calendars another rally of this server has: a copy gets one of its own."""
    return set(Rally.objects.filter(uid__in=[one.uid for one in said if one.uid]).values_list("uid", flat=True))


def _new(said: SaidRally, days: Mapping[str, int], taken: set[str]) -> NewRally:
    uid = "" if said.uid in taken else said.uid
    taken.add(uid)
    return NewRally(
        details=replace(said.details, day_of_action=days.get(said.day)),
        state=State.ENDED if said.has_ended else State.APPROVED,
        is_main=said.is_main,
        slug=said.slug,
        uid=uid,
    )


def _end(rallies: Sequence[Rally], now: datetime) -> None:
    for some in _batches(rallies):
        Rally.objects.filter(pk__in=[one.pk for one in some]).update(approved_on=now.date())
        Occurrence.objects.filter(rally__in=some, starts_at__gt=now).delete()  # but for those that the file names


def _seal(stored: Sequence[tuple[SaidRally, Rally]], now: datetime) -> None:
    for some in _batches(stored):
        to_come = Occurrence.objects.filter(rally__in=[rally for _said, rally in some], ends_at__gt=now)
        going = set(to_come.values_list("rally", flat=True))
        # The key of what is over must not be made again.
        sealed = [(said, rally) for said, rally in some if rally.pk in going]
        for said, rally in sealed:
            rally.sealed_place = seal_place(rally.pk, said.private)
        Rally.objects.bulk_update([rally for _said, rally in sealed], ["sealed_place"])


def _change(stored: Sequence[tuple[SaidRally, Rally]], now: datetime) -> None:
    """Give rallies the dates that are not as their series has them."""
    for some in _batches(stored):
        rows = Occurrence.objects.filter(rally__in=[rally for _said, rally in some])
        known = {(one.rally_id, one.original_on): one for one in rows}
        fresh, changed = [], []
        for said, rally in some:
            for one in said.dates:
                row = known.get((rally.pk, one.original_on))
                if row is None:
                    row = Occurrence(rally=rally, campaign_id=rally.campaign_id, original_on=one.original_on)
                    fresh.append(row)
                else:
                    changed.append(row)
                _set(row, rally, one, now)
        Occurrence.objects.bulk_create(fresh, batch_size=_BATCH)
        Occurrence.objects.bulk_update(changed, _OWN, batch_size=_BATCH)


def _set(date: Occurrence, rally: Rally, said: SaidDate, now: datetime) -> None:
    date.held_on, date.wall_time, date.minutes = said.held_on, said.wall_time, said.minutes
    date.starts_at, date.ends_at = moment_of(said.held_on, said.wall_time, said.minutes, rally.zone)
    date.state, date.note, date.changed_at = DateState(said.state), said.note, now
    # A date's own place is for everybody to read, so a rally with a private address has none.
    where: Where | SaidDate = Where() if rally.is_address_private else said
    date.place, date.address = where.place, where.address
    date.latitude, date.longitude = where.latitude, where.longitude


def _batches(some: Sequence[One]) -> Iterator[Sequence[One]]:
    return (some[start : start + _BATCH] for start in range(0, len(some), _BATCH))
