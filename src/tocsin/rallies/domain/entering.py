"""Enter a rally as the team, and change one: what the team writes needs no approval."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.rallies.checks import refusals_of, settled
from tocsin.rallies.details import Details
from tocsin.rallies.domain.change import keep_place, tell_change
from tocsin.rallies.domain.writing import change_rally, write_rally
from tocsin.rallies.hosts import PrivatePlace
from tocsin.rallies.models import DayOfAction, Occurrence, Rally
from tocsin.rallies.queries.broadcasts import is_resolved
from tocsin.rallies.refusals import Refusal, Refused, RefusedError
from tocsin.rallies.states import LIVE, State


class Changed(NamedTuple):
    """A rally that the team has changed, and the dates that changed with it."""

    rally: Rally
    dates: list[Occurrence]


def enter_rally(
    *, campaign: Campaign, details: Details, is_main: bool, now: datetime, private: PrivatePlace | None = None
) -> Rally:
    """Store a rally that is public at once; it has no host but the team.

    `private` is where exactly it is, for those alone who come, of one whose details say so. Raises KeysSealedError,
    and RefusedError; once the campaign has reached its goal, for every rally.
    """
    with db.transaction():
        if is_resolved(campaign):
            raise RefusedError([Refused("first_on", Refusal.CAMPAIGN_OVER)])
        _check_day(campaign, details)
        _check_private(details, private)
        rally = write_rally(campaign=campaign, details=details, state=State.APPROVED, now=now, is_main=is_main)
        # The key of what is over must not be made again.
        if private and rally.occurrences.filter(ends_at__gt=now).exists():
            keep_place(rally, private)
        _leave_one_main(rally)
    return rally


def change_entered(
    *,
    campaign: Campaign,
    rally: int,
    details: Details,
    is_main: bool,
    now: datetime,
    private: PrivatePlace | None = None,
    seen: int | None = None,
) -> Changed | None:
    """Give a rally these details; None when it is not there any more. Raises RefusedError and KeysSealedError.

    `private` is where exactly a rally of the team's own is; None leaves that as it is. That of a rally which somebody
    else holds is theirs alone. What the team changes itself does not wait for the team to look at it. Who comes
    hears of a change of time or place. `seen` is the SEQUENCE of the rally that the details were made of: one that
    has moved since, with its day of action, is not put back.
    """
    with db.transaction():
        found = Rally.objects.select_for_update().filter(pk=rally, campaign=campaign, state__in=LIVE).first()
        if found is None:
            return None
        if seen is not None and seen != found.sequence:
            raise RefusedError([Refused("first_on", Refusal.CHANGED)])
        _check_day(campaign, details)
        if private is not None and found.hosts.exists():
            raise RefusedError([Refused("is_address_private", Refusal.WRONG_CHOICE)])
        _check_private(details, private)
        had_big_change = found.has_big_change
        found.campaign, found.is_main = campaign, is_main
        sequence = found.sequence
        is_place_new = private is not None and _keep_place_to_come(found, private, now)
        dates = change_rally(rally=found, details=details, now=now)
        if is_place_new and found.sequence == sequence:
            found.sequence += 1
            found.save(update_fields=["sequence"])
        tell_change(found, dates, now, is_for_all=found.sequence != sequence)
        Rally.objects.filter(pk=found.pk).update(has_big_change=had_big_change)
        _leave_one_main(found)
    return Changed(found, dates)


def _keep_place_to_come(rally: Rally, private: PrivatePlace, now: datetime) -> bool:
    """Keep the place, unless all is over: the key of what is over must not be made again."""
    is_to_come = rally.occurrences.filter(ends_at__gt=now).exists()
    return keep_place(rally, private) if is_to_come or not private else False


def _check_private(details: Details, private: PrivatePlace | None) -> None:
    """Check what will be sealed like the rest; raises RefusedError."""
    if private:
        where = replace(details.where, place=private.place, address=private.address)
        if refused := refusals_of(settled(replace(details, is_address_private=False, where=where))):
            raise RefusedError(refused)


def _check_day(campaign: Campaign, details: Details) -> None:
    if details.day_of_action is None:
        return
    if not DayOfAction.objects.filter(pk=details.day_of_action, campaign=campaign).exists():
        raise RefusedError([Refused("day_of_action", Refusal.WRONG_CHOICE)])


def _leave_one_main(rally: Rally) -> None:
    """Take the mark off the other rallies of the same day: there is one main rally a day of action."""
    if rally.is_main:
        others = Rally.objects.filter(campaign=rally.campaign_id, day_of_action=rally.day_of_action_id, is_main=True)
        others.exclude(pk=rally.pk).update(is_main=False)
