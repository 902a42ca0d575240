"""Move a date: another day, another hour or another place, for this one alone; a cancelled one stands again."""

from dataclasses import dataclass
from datetime import date, datetime, time

from tocsin import db
from tocsin.kit import names
from tocsin.rallies.checks import day_refusal
from tocsin.rallies.domain.own_dates import change_date, settled_note
from tocsin.rallies.domain.tell import News
from tocsin.rallies.models import Rally
from tocsin.rallies.refusals import Refusal, Refused, RefusedError
from tocsin.rallies.series import moment_of
from tocsin.rallies.states import DateState

_LONGEST = {"place": 200, "address": 300}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """When and where a date is held instead; an empty place is the rally's own."""

    held_on: date
    wall_time: time
    minutes: int
    place: str = ""
    address: str = ""
    note: str = ""


def move_date(*, rally: Rally, date: int, move: Move, now: datetime, by_host: bool = False) -> bool:
    """Move a date to come, or give a postponed one its new day, and tell those who come; False when there is none.

    Its number in calendars, RECURRENCE-ID, stays that of the day that the series gives. A place of its own is
    for everybody to read, so a rally with a private address has none. Raises RefusedError.
    """
    note = settled_note(move.note)
    place, address = names.tidy(move.place), names.tidy(move.address)
    moment = moment_of(move.held_on, move.wall_time, move.minutes, rally.zone)
    refused = [*_place_refusals(rally, place, address)]
    if (wrong_day := day_refusal(move.held_on)) is not None:
        refused.append(Refused("date", wrong_day))
    elif moment.starts_at <= now:
        refused.append(Refused("date", Refusal.DATE_PAST))
    if refused:
        raise RefusedError(refused)
    with db.transaction():
        is_moved = change_date(
            rally=rally.pk,
            date=date,
            only_from=tuple(DateState),
            what=News.CHANGED,
            now=now,
            by_host=by_host,
            is_day_past=True,
            state=DateState.STANDS,
            held_on=move.held_on,
            wall_time=move.wall_time,
            minutes=move.minutes,
            starts_at=moment.starts_at,
            ends_at=moment.ends_at,
            place=place,
            address=address,
            latitude=None,
            longitude=None,
            note=note,
        )
        if is_moved:
            # For the desk to see: what it approved was another day or place.
            Rally.objects.filter(pk=rally.pk, approved_on__isnull=False).update(has_big_change=True)
        return is_moved


def _place_refusals(rally: Rally, place: str, address: str) -> list[Refused]:
    refused = []
    for name, text in (("place", place), ("address", address)):
        if len(text) > _LONGEST[name]:
            refused.append(Refused(name, Refusal.TOO_LONG, str(_LONGEST[name])))
        elif names.text_refusal(text) is not None or "\n" in text or (text and rally.is_address_private):
            refused.append(Refused(name, Refusal.NOT_PLAIN))
    return refused
