"""Enter a rally as the team, and change one: what the team writes needs no approval."""

from datetime import datetime
from typing import NamedTuple

from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.rallies.details import Details
from tocsin.rallies.domain.change import tell_change
from tocsin.rallies.domain.writing import change_rally, write_rally
from tocsin.rallies.models import DayOfAction, Occurrence, Rally
from tocsin.rallies.queries.broadcasts import is_resolved
from tocsin.rallies.refusals import Refusal, Refused, RefusedError
from tocsin.rallies.states import LIVE, State


class Changed(NamedTuple):
    """A rally that the team has changed, and the dates that changed with it."""

    rally: Rally
    dates: list[Occurrence]


def enter_rally(*, campaign: Campaign, details: Details, is_main: bool, now: datetime) -> Rally:
    """Store a rally that is public at once; it has no host but the team.

    Raises RefusedError; once the campaign has reached its goal, for every rally.
    """
    with db.transaction():
        if is_resolved(campaign):
            raise RefusedError([Refused("first_on", Refusal.CAMPAIGN_OVER)])
        _check_day(campaign, details)
        rally = write_rally(campaign=campaign, details=details, state=State.APPROVED, now=now, is_main=is_main)
        _leave_one_main(rally)
    return rally


def change_entered(*, campaign: Campaign, rally: int, details: Details, is_main: bool, now: datetime) -> Changed | None:
    """Give a rally these details; None when it is not there any more. Raises RefusedError.

    What the team changes itself does not wait for the team to look at it. Who comes hears of a change of time or place.
    """
    with db.transaction():
        found = Rally.objects.select_for_update().filter(pk=rally, campaign=campaign, state__in=LIVE).first()
        if found is None:
            return None
        _check_day(campaign, details)
        had_big_change = found.has_big_change
        found.campaign, found.is_main = campaign, is_main
        sequence = found.sequence
        dates = change_rally(rally=found, details=details, now=now)
        if found.sequence != sequence:
            tell_change(found, dates, now)
        Rally.objects.filter(pk=found.pk).update(has_big_change=had_big_change)
        _leave_one_main(found)
    return Changed(found, dates)


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
