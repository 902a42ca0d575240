"""What cancelling, postponing, moving and reopening share: one date changes, and who comes to it hears."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q

from tocsin import db
from tocsin.campaigns.domain import touch
from tocsin.kit import names
from tocsin.rallies.domain.tell import News, tell_coming, told_enough
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.refusals import Refusal, Refused, RefusedError
from tocsin.rallies.states import POSTPONED_DAYS, DateState, State

MAX_NOTE = 500
# Whose host may still change what is to come.
CHANGEABLE = (State.ANNOUNCED, State.APPROVED, State.RETURNED)


def waits_for_a_day(now: datetime, of: str = "") -> Q:
    """Return which dates are postponed and may still get a new day, whether or not their old one is over.

    `of` leads from what is asked for to its date.
    """
    return Q((f"{of}state", DateState.POSTPONED), (f"{of}ends_at__gt", now - timedelta(days=POSTPONED_DAYS)))


def not_over(now: datetime) -> Q:
    """Return which dates are to come: their end has not passed, or they wait for a new day."""
    return Q(ends_at__gt=now) | waits_for_a_day(now)


def change_date(
    *,
    rally: int,
    date: int,
    only_from: Collection[DateState],
    what: News,
    now: datetime,
    by_host: bool = False,
    is_day_past: bool = False,
    **columns: Any,
) -> bool:
    """Change one date to come of one rally, as a step of the caller's transaction, and tell those who come.

    `is_day_past` says that a postponed date can be changed so while it waits for a new day, its old one over.
    False when there is nothing to change: another rally's date, one that is over, or one that is no longer in
    any of the states `only_from`. Raises RefusedError when a host (`by_host`) has had those who come told of
    many changes today: what says so little that is sure is no news, and may be meant to fill mailboxes.
    """
    db.required()
    # The rally before its date, as every verb that changes both: else two at once could wait for each other.
    if Rally.objects.select_for_update(no_key=True).filter(pk=rally, state__in=CHANGEABLE).first() is None:
        return False
    to_come = not_over(now) if is_day_past else Q(ends_at__gt=now)
    rows = Occurrence.objects.filter(to_come, pk=date, rally=rally, rally__state__in=CHANGEABLE)
    if not rows.filter(state__in=only_from).update(changed_at=now, is_off_rule=False, **columns):
        return False
    # Asked behind the update, which has locked the row: of two at once, one is counted first.
    if by_host and told_enough(Occurrence.objects.filter(pk=date), now):
        raise RefusedError([Refused("note", Refusal.TOLD_ENOUGH)])
    changed = Occurrence.objects.select_related("rally__campaign").get(pk=date)
    mark_changed(changed.rally, now)
    tell_coming(occurrences=[changed], what=what, now=now, is_day_past=is_day_past)
    return True


def mark_changed(rally: Rally, now: datetime) -> None:
    """Move SEQUENCE in calendars (RFC 5545, section 3.8.7.4), and the campaign's pages."""
    Rally.objects.filter(pk=rally.pk).update(sequence=F("sequence") + 1, changed_at=now)
    touch(campaign=rally.campaign)


def settled_note(note: str) -> str:
    """Return why a date changes, on one line; raises RefusedError for one that is too long, or holds a link.

    It is public, and mailed to everybody who comes.
    """
    note = " ".join(note.split())
    if len(note) > MAX_NOTE:
        raise RefusedError([Refused("note", Refusal.TOO_LONG, str(MAX_NOTE))])
    if names.text_refusal(note) is not None:
        raise RefusedError([Refused("note", Refusal.NOT_PLAIN)])
    return note
