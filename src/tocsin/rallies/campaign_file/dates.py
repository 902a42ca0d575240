"""Dates of a series that are not as the series has them: cancelled, postponed, moved."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from tocsin.campaigns.campaign_file.tables import Table
from tocsin.campaigns.refusals import Refusal as FileRefusal
from tocsin.rallies.campaign_file.refusing import checked_year, refuse, refuse_key
from tocsin.rallies.campaign_file.said import SaidDate
from tocsin.rallies.campaign_file.towns import read_pin
from tocsin.rallies.checks import refusals_of
from tocsin.rallies.details import Details, Where
from tocsin.rallies.refusals import Refusal
from tocsin.rallies.states import DateState

LONGEST_NOTE = 500
STATES = {"stands": DateState.STANDS, "cancelled": DateState.CANCELLED, "postponed": DateState.POSTPONED}


def read_dates(table: Table, details: Details) -> tuple[SaidDate, ...]:
    """Return what `dates` of a rally's table says, each date of the series once."""
    said: dict[date, SaidDate] = {}
    for one in table.tables("dates"):
        on = one.value("on", date, _("a date of the series, as in 2026-05-01"))
        if on is None or isinstance(on, datetime):
            one.refuse("on", FileRefusal.WRONG_KIND, _("a date of the series, as in 2026-05-01"))
            continue
        if on in said:
            refuse_key(one, "on", Refusal.KEY_REPEATED)
        if checked_year(one, "on", on):
            said[on] = _date(one, on, details)
        one.nothing_else()
    return tuple(said.values())


def _date(table: Table, on: date, details: Details) -> SaidDate:
    moved = table.value("moved_to", datetime, _("a time on the clock of the place, as in 2026-05-01T12:00:00"))
    if moved is not None and moved.tzinfo is not None:
        refuse_key(table, "moved_to", Refusal.LOCAL_TIME)
    checked_year(table, "moved_to", moved)
    minutes = table.value("minutes", int, _("a whole number"))
    note = table.text("note")
    if len(note) > LONGEST_NOTE:
        refuse_key(table, "note", Refusal.TOO_LONG, str(LONGEST_NOTE))
    state = table.text("state") or "stands"
    if state not in STATES:
        table.refuse("state", FileRefusal.WRONG_CHOICE, ", ".join(STATES))
    pin: dict[str, Any] = read_pin(table)
    where = Where(place=table.text("place"), address=table.text("address"), **pin)
    _check(table, where, details.minutes if minutes is None else minutes)
    return SaidDate(
        original_on=on,
        state=STATES.get(state, DateState.STANDS),
        held_on=moved.date() if moved else on,
        wall_time=moved.time().replace(microsecond=0) if moved else details.wall_time,
        minutes=details.minutes if minutes is None else minutes,
        place=where.place,
        address=where.address,
        latitude=where.latitude,
        longitude=where.longitude,
        note=note,
    )


def _check(table: Table, where: Where, minutes: int) -> None:
    """Check one date's own place and length by the rules of a rally's."""
    like = Details(first_on=date(2000, 1, 1), wall_time=datetime.min.time(), zone="UTC", where=where, minutes=minutes)
    for refused in refusals_of(like):
        if refused.field in table.content or (refused.field == "pin" and "position" in table.content):
            refuse(table, refused)
