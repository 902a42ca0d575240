"""A rally's dates as a calendar says them: a rule, what it leaves out, what it adds, and dates of their own."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.series import dates, first_of_rule, has_end, moment_of
from tocsin.rallies.states import DateState, State


class Recurrence(NamedTuple):
    """What RFC 5545 calls a recurrence set (section 3.8.5), by the clock of the place."""

    first_on: date  # DTSTART's day
    rule: str  # RRULE; "" for none
    left_out: tuple[date, ...]  # EXDATE
    added: tuple[date, ...]  # RDATE
    own: tuple[Occurrence, ...]  # each an event with a RECURRENCE-ID
    is_cancelled: bool  # every date of it, so that the whole is


def is_series(rally: Rally) -> bool:
    """Say whether a rally has a rule: what has none is one event, wherever it was moved."""
    return bool(rally.repeat)


def has_all_rows(rally: Rally) -> bool:
    """Say whether a calendar needs every row of a rally, and not only those that differ from its rule.

    Its rule may have been another one when they came (`sequence` moves with it), or it goes on no further
    than they do.
    """
    return not is_series(rally) or rally.sequence > 0 or rally.state == State.ENDED


def date_of(rally: Rally, occurrences: Sequence[Occurrence]) -> Occurrence | None:
    """Return the one date of a rally without a rule: others it had once are dates it was moved away from."""
    return next((one for one in occurrences if one.original_on == rally.first_on), None) or max(
        occurrences, key=lambda one: one.starts_at, default=None
    )


def recurrence_of(rally: Rally, occurrences: Sequence[Occurrence]) -> Recurrence:
    """Return the recurrence of a series; `occurrences` are its rows, or those that differ from its rule."""
    rows = {one.original_on: one for one in occurrences}
    is_whole = has_all_rows(rally)
    last_on = max(rows, default=None) if rally.state == State.ENDED and not has_end(rally.repeat) else None
    skipped = {date.fromisoformat(one) for one in rally.skipped} - rows.keys()
    first_on = first_of_rule(rally.repeat, rally.first_on)
    is_cancelled = is_whole and bool(rows) and all(one.state == DateState.CANCELLED for one in rows.values())
    added = _beyond_rule(rally, rows) if is_whole else set[date]()
    if first_on is None:  # the rule gives nothing: its first date is all there is
        return _without_rule(rally, occurrences, added)
    if first_on != rally.first_on and rally.first_on not in skipped:
        added.add(rally.first_on)
    return Recurrence(
        first_on=first_on,
        rule=_rule(rally, last_on),
        left_out=tuple(sorted(skipped)),
        added=tuple(sorted(added)),
        own=() if is_cancelled else tuple(one for one in occurrences if is_its_own(rally, one)),
        is_cancelled=is_cancelled,
    )


def is_its_own(rally: Rally, one: Occurrence) -> bool:
    """Say whether a date differs in anything from what its series says."""
    return bool(
        one.state != DateState.STANDS
        or one.held_on != one.original_on
        or one.wall_time != rally.wall_time
        or one.minutes != rally.minutes
        or one.place
        or one.address
        or one.note
    )


def _without_rule(rally: Rally, occurrences: Sequence[Occurrence], added: set[date]) -> Recurrence:
    own = tuple(one for one in occurrences if is_its_own(rally, one))
    return Recurrence(rally.first_on, "", (), tuple(sorted(added - {rally.first_on})), own, is_cancelled=False)


def _beyond_rule(rally: Rally, rows: Collection[date]) -> set[date]:
    if not rows:
        return set()
    repeat = rally.repeat if first_of_rule(rally.repeat, rally.first_on) is not None else ""
    given = dates(first_on=rally.first_on, repeat=repeat, skipped=(), since=min(rows), until=max(rows))
    return set(rows) - set(given)


def _rule(rally: Rally, last_on: date | None) -> str:
    """Return the RRULE with UNTIL in UTC, as it must be beside a DTSTART with a zone (section 3.3.10)."""
    parts = dict(part.split("=", 1) for part in rally.repeat.split(";"))
    if "UNTIL" in parts:
        last_on = date.fromisoformat(parts["UNTIL"])
    if last_on is not None:
        until = moment_of(last_on, rally.wall_time, rally.minutes, rally.zone).starts_at
        parts["UNTIL"] = until.strftime("%Y%m%dT%H%M%SZ")
    return ";".join(f"{name}={value}" for name, value in parts.items())
