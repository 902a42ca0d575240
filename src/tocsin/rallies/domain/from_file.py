"""Store the rallies of a campaign file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.rallies.campaign_file.said import Said, SaidDate, SaidRally
from tocsin.rallies.details import Where
from tocsin.rallies.domain.writing import write_rally
from tocsin.rallies.hosts import seal_place
from tocsin.rallies.models import DayOfAction, Occurrence, Rally
from tocsin.rallies.series import moment_of
from tocsin.rallies.states import DateState, State


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
    stored = [(one, _write(campaign, one, days, taken, now)) for one in named_first]
    rests = {
        "days_of_action": {day.key: dict(day.rest) for day in said.days if day.rest},
        "rallies": {rally.slug: dict(one.rest) for one, rally in stored if one.rest},
    }
    return {key: rest for key, rest in rests.items() if rest}


def _uids_elsewhere(said: Sequence[SaidRally]) -> set[str]:
    """Return which of the file's names for calendars another rally of this server has: a copy gets one of its own."""
    return set(Rally.objects.filter(uid__in=[one.uid for one in said if one.uid]).values_list("uid", flat=True))


def _write(campaign: Campaign, said: SaidRally, days: Mapping[str, int], taken: set[str], now: datetime) -> Rally:
    rally = write_rally(
        campaign=campaign,
        details=replace(said.details, day_of_action=days.get(said.day)),
        state=State.ENDED if said.has_ended else State.APPROVED,
        now=now,
        is_main=said.is_main,
        slug=said.slug,
        uid="" if said.uid in taken else said.uid,
    )
    taken.add(rally.uid)
    if said.has_ended:
        Rally.objects.filter(pk=rally.pk).update(approved_on=now.date())
        rally.occurrences.filter(starts_at__gt=now).delete()  # but for those that the file names
    # The key of what is over must not be made again.
    if said.private and rally.occurrences.filter(ends_at__gt=now).exists():
        Rally.objects.filter(pk=rally.pk).update(sealed_place=seal_place(rally.pk, said.private))
    for one in said.dates:
        _change(rally, one, now)
    return rally


def _change(rally: Rally, said: SaidDate, now: datetime) -> None:
    moment = moment_of(said.held_on, said.wall_time, said.minutes, rally.zone)
    # A date's own place is for everybody to read, so a rally with a private address has none.
    where: Where | SaidDate = Where() if rally.is_address_private else said
    own = {name: getattr(where, name) for name in ("place", "address", "latitude", "longitude")}
    Occurrence.objects.update_or_create(
        rally=rally,
        original_on=said.original_on,
        defaults={
            "campaign_id": rally.campaign_id,
            "held_on": said.held_on,
            "wall_time": said.wall_time,
            "minutes": said.minutes,
            "starts_at": moment.starts_at,
            "ends_at": moment.ends_at,
            "state": DateState(said.state),
            **own,
            "note": said.note,
            "changed_at": now,
        },
    )
