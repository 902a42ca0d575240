"""Whatever series a rally has, another program expands its calendar to our own dates."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from tests.rallies.calendars.reading import expanded
from tocsin.campaigns.models import Campaign
from tocsin.rallies import calendars
from tocsin.rallies.checks import settled
from tocsin.rallies.details import Details, Where, columns_of
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.queries.calendars import Dated
from tocsin.rallies.series import dates, moment_of
from tocsin.rallies.states import DateState, State

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")
ANNOUNCED = datetime(2026, 1, 1, tzinfo=UTC)
LAST = date(2027, 8, 31)
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


def stored(rally: Rally, choose: some.DataObject) -> list[Occurrence]:
    """Return a rally's rows as they would be stored, some of them changed."""
    skipped = [date.fromisoformat(one) for one in rally.skipped]
    rows = []
    for on in dates(first_on=rally.first_on, repeat=rally.repeat, skipped=skipped, until=LAST):
        act = choose.draw(some.sampled_from(["", "", "", "", "cancelled", "postponed", "moved", "elsewhere"]))
        one = Occurrence(original_on=on, held_on=on, wall_time=rally.wall_time, minutes=rally.minutes)
        one.changed_at, one.state = ANNOUNCED, DateState.STANDS
        if act == "moved":
            one.held_on, one.wall_time = on + timedelta(days=2), time(7, 30)
        elif act == "elsewhere":
            one.place = "Somewhere else"
        elif act:
            one.state = DateState.CANCELLED if act == "cancelled" else DateState.POSTPONED
        one.starts_at, one.ends_at = moment_of(one.held_on, one.wall_time, one.minutes, rally.zone)
        rows.append(one)
    return rows


@given(given=series(), choose=some.data())
@example(given=PLAIN | {"repeat": "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=40"}, choose=None)
@example(given=PLAIN | {"repeat": "FREQ=WEEKLY;UNTIL=20261226"}, choose=None)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_another_program_finds_the_same_dates(given: dict[str, Any], choose: some.DataObject | None) -> None:
    details = settled(Details(where=Where(city="Kassel", country="DE"), **given))
    campaign = Campaign(slug="night-trains", languages=["en"], title={"en": "Night trains"})
    rally = Rally(campaign=campaign, slug="kassel", uid="0" * 32, state=State.APPROVED, **columns_of(details))
    rally.announced_at = rally.changed_at = ANNOUNCED
    if choose is not None:
        possible = list(dates(first_on=rally.first_on, repeat=rally.repeat, skipped=(), until=LAST))
        if possible:
            rally.skipped = [str(one) for one in choose.draw(some.lists(some.sampled_from(possible), max_size=3))]
        rows = stored(rally, choose)
    else:
        rows = [_plain(rally, on) for on in dates(first_on=rally.first_on, repeat=rally.repeat, skipped=(), until=LAST)]
    if not rows:
        return
    dated = [Dated(rally, rows, ANNOUNCED)]
    head = calendars.Head(name="One")
    body = calendars.calendar_of_rallies(dated, campaign=campaign, language="en", head=head)
    read = expanded(body, until=LAST + timedelta(days=5))
    known = {(one.starts_at, one.ends_at, _STATUS[DateState(one.state)]) for one in rows}
    within = {(one.starts_at, one.ends_at, one.status) for one in read if one.starts_at.date() <= LAST}
    assert within == {one for one in known if one[0].date() <= LAST}


def _plain(rally: Rally, on: date) -> Occurrence:
    moment = moment_of(on, rally.wall_time, rally.minutes, rally.zone)
    return Occurrence(
        original_on=on,
        held_on=on,
        wall_time=rally.wall_time,
        minutes=rally.minutes,
        starts_at=moment.starts_at,
        ends_at=moment.ends_at,
        state=DateState.STANDS,
        changed_at=ANNOUNCED,
    )


_STATUS = {DateState.STANDS: "CONFIRMED", DateState.CANCELLED: "CANCELLED", DateState.POSTPONED: "TENTATIVE"}


def test_the_first_date_counts_though_its_rule_does_not_give_it() -> None:
    rally = Rally(first_on=date(2026, 10, 7), repeat="FREQ=WEEKLY;BYDAY=SA;COUNT=2")
    found = list(dates(first_on=rally.first_on, repeat=rally.repeat, skipped=(), until=LAST))
    assert found == [date(2026, 10, 7), date(2026, 10, 10), date(2026, 10, 17)]
