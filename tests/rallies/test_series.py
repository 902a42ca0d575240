from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from tocsin.rallies.repeats import BadRepeatError, settled_repeat
from tocsin.rallies.series import dates, has_end, moment_of

NOON = time(12)


def listed(
    repeat: str, *, until: date, first_on: date = date(2026, 3, 21), skipped: tuple[date, ...] = ()
) -> list[date]:
    return list(dates(first_on=first_on, repeat=repeat, skipped=skipped, until=until))


def test_once_is_one_date() -> None:
    assert listed("", until=date(2026, 12, 31)) == [date(2026, 3, 21)]
    assert listed("", until=date(2026, 3, 20)) == []


def test_weekly_goes_on_until_the_horizon() -> None:
    assert listed("FREQ=WEEKLY", until=date(2026, 4, 11)) == [
        date(2026, 3, 21),
        date(2026, 3, 28),
        date(2026, 4, 4),
        date(2026, 4, 11),
    ]


def test_a_skipped_date_never_was() -> None:
    assert listed("FREQ=WEEKLY", until=date(2026, 4, 4), skipped=(date(2026, 3, 28),)) == [
        date(2026, 3, 21),
        date(2026, 4, 4),
    ]


def test_the_first_date_counts_though_the_rule_does_not_give_it() -> None:
    assert listed("FREQ=WEEKLY;BYDAY=MO", until=date(2026, 3, 30)) == [
        date(2026, 3, 21),
        date(2026, 3, 23),
        date(2026, 3, 30),
    ]


def test_until_is_the_last_date_itself() -> None:
    assert listed("FREQ=WEEKLY;UNTIL=20260328", until=date(2027, 1, 1)) == [date(2026, 3, 21), date(2026, 3, 28)]


def test_a_weekly_noon_stays_noon_over_the_change_of_the_clocks() -> None:
    before = moment_of(date(2026, 3, 28), NOON, 90, "Europe/Berlin")
    after = moment_of(date(2026, 4, 4), NOON, 90, "Europe/Berlin")

    assert before == (datetime(2026, 3, 28, 11, 0, tzinfo=UTC), datetime(2026, 3, 28, 12, 30, tzinfo=UTC))
    assert after == (datetime(2026, 4, 4, 10, 0, tzinfo=UTC), datetime(2026, 4, 4, 11, 30, tzinfo=UTC))


def test_an_hour_that_the_clock_skips_is_read_by_the_time_before() -> None:
    assert moment_of(date(2026, 3, 29), time(2, 30), 60, "Europe/Berlin").starts_at == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    assert moment_of(date(2026, 10, 25), time(2, 30), 60, "Europe/Berlin").starts_at == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "typed, kept",
    [
        ("", ""),
        ("rrule:freq=weekly;", "FREQ=WEEKLY"),
        ("FREQ=WEEKLY;UNTIL=20260328T170000Z", "FREQ=WEEKLY;UNTIL=20260328"),
        ("FREQ=MONTHLY;BYDAY=1SA", "FREQ=MONTHLY;BYDAY=1SA"),
    ],
)
def test_a_rule_has_one_spelling(typed: str, kept: str) -> None:
    assert settled_repeat(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "WEEKLY",
        "FREQ=SECONDLY",
        "FREQ=HOURLY",
        "FREQ=WEEKLY;BYHOUR=1",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY;COUNT=3;UNTIL=20260328",
        "FREQ=WEEKLY;INTERVAL=0x",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;UNTIL=yesterday",
        "FREQ=WEEKLY;COUNT=",
        "FREQ=WEEKLY\nDTSTART:20260101",
    ],
)
def test_what_is_no_rule_for_a_rally_is_refused(typed: str) -> None:
    with pytest.raises(BadRepeatError):
        settled_repeat(typed)


def test_a_rule_with_a_count_or_an_end_ends_by_itself() -> None:
    assert [has_end(one) for one in ("", "FREQ=WEEKLY", "FREQ=WEEKLY;COUNT=3", "FREQ=DAILY;UNTIL=20260328")] == [
        True,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;COUNT=1000000000",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 100),
        "FREQ=SECONDLY",
        "FREQ=WEEKLY;UNTIL=2026",
        "FREQ=WEEKLY;UNTIL=20261399",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=4,2;BYMONTHDAY=31",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
    ],
)
def test_a_rule_that_would_keep_the_server_busy_is_none(rule: str) -> None:
    with pytest.raises(BadRepeatError):
        settled_repeat(rule)


@pytest.mark.parametrize("rule", ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=DAILY;BYDAY=MO,TU", "FREQ=MONTHLY"])
def test_a_rule_that_comes_true_seldom_is_one(rule: str) -> None:
    assert settled_repeat(rule) == rule


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Europe/Berlin", "Pacific/Kiritimati"])
def test_no_day_and_no_length_stops_whoever_asks_when_it_is(zone: str) -> None:
    for on, minutes in ((date.min, 60), (date.max, 10_080), (date.max, 10**15)):
        starts_at, ends_at = moment_of(on, time(23, 59), minutes, zone)
        assert starts_at < ends_at
        assert 1999 <= starts_at.astimezone(UTC).year <= 2101


def test_a_daily_series_goes_on_for_as_long_as_it_is_asked_about() -> None:
    daily: dict[str, Any] = {"first_on": date(2000, 1, 1), "repeat": "FREQ=DAILY", "skipped": (date(2026, 5, 2),)}
    assert list(dates(**daily, since=date(2026, 5, 1), until=date(2026, 5, 3))) == [date(2026, 5, 1), date(2026, 5, 3)]
    assert list(dates(**daily, since=date(2099, 12, 31), until=date(2099, 12, 31))) == [date(2099, 12, 31)]


def test_the_first_date_is_no_date_before_what_is_asked_for() -> None:
    assert listed("", until=date(2026, 12, 31)) == [date(2026, 3, 21)]
    asked: dict[str, Any] = {"first_on": date(2026, 3, 21), "repeat": "", "skipped": (), "until": date(2026, 12, 31)}
    assert list(dates(**asked, since=date(2026, 3, 22))) == []
