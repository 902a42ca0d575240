"""Whatever series a rally has, another program expands its calendar to our own dates."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from tests.hanging import no_hang
from tests.rallies.calendars.reading import expanded
from tests.rallies.calendars.unsaved import calendar_of, date_of, rally_of
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.series import dates
from tocsin.rallies.states import DateState

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")
LAST = date(2027, 8, 31)
STATUS = {DateState.STANDS: "CONFIRMED", DateState.CANCELLED: "CANCELLED", DateState.POSTPONED: "TENTATIVE"}
CHANGES: tuple[dict[str, Any], ...] = (
    {"state": DateState.CANCELLED},
    {"state": DateState.POSTPONED},
    {"place": "Somewhere else"},
    {"wall_time": time(7, 30)},
)
PLAIN: Any = {"first_on": date(2026, 10, 3), "wall_time": time(18), "zone": "Europe/Berlin", "minutes": 120}


@some.composite
def rules(draw: some.DrawFn) -> str:
    kind = draw(some.sampled_from(["", "DAILY", "WEEKLY", "MONTHLY by day", "MONTHLY by weekday", "YEARLY"]))
    if not kind:
        return ""
    parts = [f"FREQ={kind.split()[0]}", f"INTERVAL={draw(some.integers(1, 4))}"]
    if kind == "WEEKLY":
        days = draw(some.lists(some.sampled_from(DAYS), unique=True, max_size=3))
        parts += [f"BYDAY={','.join(days)}"] if days else []
    elif kind == "MONTHLY by day":
        parts.append(f"BYMONTHDAY={draw(some.sampled_from([1, 15, 28, 31, -1]))}")
    elif kind == "MONTHLY by weekday":
        parts.append(f"BYDAY={draw(some.sampled_from([1, 2, 4, -1]))}{draw(some.sampled_from(DAYS))}")
    end = draw(some.sampled_from(["", "COUNT", "UNTIL"]))
    if end == "COUNT":
        parts.append(f"COUNT={draw(some.integers(1, 30))}")
    elif end:
        parts.append(f"UNTIL={draw(some.dates(date(2026, 3, 1), LAST)):%Y%m%d}")
    return ";".join(parts)


@some.composite
def series(draw: some.DrawFn) -> dict[str, Any]:
    return {
        "first_on": draw(some.dates(date(2026, 1, 5), date(2026, 12, 20))),
        # No rally is held in the hours of the night that some days do not have, and where readers differ.
        "wall_time": draw(some.times(time(4), time(20)).map(lambda one: one.replace(second=0, microsecond=0))),
        "minutes": draw(some.integers(5, 180)),
        "zone": draw(some.sampled_from(ZONES)),
        "repeat": draw(rules()),
    }


def stored(rally: Rally, choose: some.DataObject | None) -> list[Occurrence]:
    """Return a rally's rows as they would be stored, some of them changed."""
    skipped = [date.fromisoformat(one) for one in rally.skipped]
    changed = choose.draw(some.dictionaries(some.integers(0, 40), some.sampled_from(CHANGES))) if choose else {}
    rows = []
    for number, on in enumerate(dates(first_on=rally.first_on, repeat=rally.repeat, skipped=skipped, until=LAST)):
        changes = changed.get(number, {})
        if "wall_time" in changes:
            changes = changes | {"held_on": on + timedelta(days=2)}
        rows.append(date_of(rally, on, **changes))
    return rows


@given(given=series(), choose=some.data())
@example(given=PLAIN | {"repeat": "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=40"}, choose=None)
@example(given=PLAIN | {"repeat": "FREQ=WEEKLY;UNTIL=20261226"}, choose=None)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_another_program_finds_the_same_dates(given: dict[str, Any], choose: some.DataObject | None) -> None:
    rally = rally_of(**given)
    possible = list(dates(first_on=rally.first_on, repeat=rally.repeat, skipped=(), until=LAST))
    if choose is not None and possible:
        rally.skipped = [str(one) for one in choose.draw(some.lists(some.sampled_from(possible), max_size=3))]
    rows = stored(rally, choose)
    if not rows:
        return
    read = expanded(calendar_of(rally, rows), until=LAST + timedelta(days=5))
    known = {(one.starts_at, one.ends_at, STATUS[DateState(one.state)]) for one in rows}
    found = {(one.starts_at, one.ends_at, one.status) for one in read}
    # Near the last row's day a date without one may begin on the day before, in UTC.
    assert {one for one in found if one[0].date() < LAST} == {one for one in known if one[0].date() < LAST}


def test_the_first_date_counts_though_its_rule_does_not_give_it() -> None:
    rally = rally_of(**PLAIN | {"first_on": date(2026, 10, 7), "repeat": "FREQ=WEEKLY;BYDAY=SA;COUNT=2"})
    rows = stored(rally, None)
    assert [one.original_on.day for one in rows] == [7, 10, 17]
    assert [one.starts_at for one in expanded(calendar_of(rally, rows))] == [one.starts_at for one in rows]


@pytest.mark.parametrize("rule", ["FREQ=MONTHLY;BYDAY=1MO,9MO", "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=9"])
def test_a_rule_from_before_it_was_refused_leaves_the_dates_that_are_there(rule: str) -> None:
    rally = rally_of(**PLAIN | {"repeat": "FREQ=WEEKLY;COUNT=3"})
    rows = stored(rally, None)
    rally.repeat, rally.sequence = rule, 1
    with no_hang():
        read = expanded(calendar_of(rally, rows))
    assert [one.starts_at for one in read] == [one.starts_at for one in rows]
