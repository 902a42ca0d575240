"""Rules: which are none, which days they give, and that no rule whatever keeps a server busy."""

from datetime import date, datetime, time
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, example, given, settings
from hypothesis import strategies as some

from tests.hanging import no_hang
from tocsin.rallies.repeats import LAST_DAY, BadRepeatError, days_of, rule_of, settled_repeat
from tocsin.rallies.series import dates, first_of_rule

FIRST = date(2027, 3, 1)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NAMES = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST", "BYHOUR", "X")
ODD = ("", "0", "-1", "+1", "1,", "9MO", "-54SU", "MO(+1)", "0MO", "٣", "1_0", "99991231", "00000000", "20270301T12Z")


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYDAY=1MO,9MO",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=-6MO",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=YEARLY;BYDAY=54MO",
        "FREQ=YEARLY;BYDAY=-60MO",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=DAILY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=MO(+1)",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-366",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=1,2",
        "FREQ=WEEKLY;COUNT=0",
    ],
)
def test_what_no_month_and_no_year_has_is_refused(rule: str) -> None:
    with pytest.raises(BadRepeatError):
        settled_repeat(rule)


@pytest.mark.parametrize("rule", ["FREQ=MONTHLY;BYDAY=5MO", "FREQ=YEARLY;BYDAY=-53MO", "FREQ=YEARLY;BYDAY=+20MO"])
def test_what_some_months_or_years_have_is_taken(rule: str) -> None:
    assert settled_repeat(rule) == rule
    assert first_of_rule(rule, FIRST) is not None


@pytest.mark.parametrize(
    "typed, written",
    [
        ("FREQ=WEEKLY;COUNT=+5;INTERVAL=+02", "FREQ=WEEKLY;COUNT=5;INTERVAL=2"),
        ("FREQ=YEARLY;BYMONTH=+03,007;BYMONTHDAY=+01,-001", "FREQ=YEARLY;BYMONTH=3,7;BYMONTHDAY=1,-1"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=+0001", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1"),
    ],
)
def test_numbers_are_written_as_strict_readers_take_them(typed: str, written: str) -> None:
    assert settled_repeat(typed) == written


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=9",
        "FREQ=YEARLY;BYMONTH=2;BYDAY=4TU;BYMONTHDAY=29",
        "FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=30;BYDAY=5MO;BYSETPOS=7",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
        "FREQ=WEEKLY;UNTIL=20270228",
        "FREQ=MONTHLY;BYDAY=1MO,9MO",
    ],
)
def test_a_rule_without_a_date_is_soon_known_to_have_none(rule: str) -> None:
    with no_hang():
        for day in range(1, 31):
            assert first_of_rule(rule, FIRST.replace(day=day)) is None


def test_a_search_ends_with_the_last_day() -> None:
    assert list(dates(first_on=date(2100, 12, 30), repeat="FREQ=DAILY", skipped=(), until=date.max)) == [
        date(2100, 12, 30),
        LAST_DAY,
    ]
    assert [first_of_rule("FREQ=WEEKLY;WKST=SU", day) for day in (date.min, date.max)] == [None, None]


def test_weekdays_with_and_without_a_number_are_both_meant() -> None:
    days = days_of(rule_of("FREQ=MONTHLY;BYDAY=1MO,TU"), FIRST)
    assert [day.day for day in islice(days, 6)] == [1, 2, 9, 16, 23, 30]


def several(values: some.SearchStrategy[object]) -> some.SearchStrategy[str]:
    return some.lists(values, min_size=1, max_size=3).map(lambda found: ",".join(map(str, found)))


@some.composite
def rules(draw: some.DrawFn) -> str:
    """Return a rule that dateutil reads as we do: where weekdays have numbers, all have."""
    frequency = draw(some.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    most = {"MONTHLY": 5, "YEARLY": 53}.get(frequency, 0)
    ordinals = some.integers(-most, most).filter(bool) if most and draw(some.booleans()) else some.just("")
    parts = {
        "INTERVAL": some.integers(1, 60).map(str),
        "BYDAY": several(some.tuples(ordinals, some.sampled_from(DAYS)).map(lambda both: f"{both[0]}{both[1]}")),
        "BYMONTHDAY": several(some.integers(-31, 31).filter(bool)),
        "BYMONTH": several(some.integers(1, 12)),
        "BYSETPOS": several(some.sampled_from([1, 2, 3, 5, -1, -2])),
        "WKST": some.sampled_from(DAYS),
        "COUNT": some.integers(1, 9).map(str),
    }
    chosen = draw(some.lists(some.sampled_from(sorted(parts)), unique=True, max_size=4))
    return ";".join([f"FREQ={frequency}", *(f"{name}={draw(parts[name])}" for name in chosen)])


@given(rule=rules(), first_on=some.dates(date(2024, 1, 1), date(2030, 12, 31)))
@example(rule="FREQ=YEARLY;BYDAY=20MO", first_on=FIRST)
@example(rule="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", first_on=FIRST)
@example(rule="FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,SU", first_on=date(2027, 3, 7))
@settings(max_examples=100, deadline=None)
def test_dateutil_finds_the_same_days(rule: str, first_on: date) -> None:
    try:
        days = list(islice(days_of(rule_of(settled_repeat(rule)), first_on), 12))
    except BadRepeatError:
        days = []
    assume(len(days) > 1)  # where we find nothing more, dateutil looks on for seconds
    theirs = islice(rrulestr(rule, dtstart=datetime.combine(first_on, time())), len(days))
    assert [one.date() for one in theirs] == days


def values() -> some.SearchStrategy[str]:
    return some.one_of(
        some.sampled_from([*ODD, *DAYS, "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
        several(some.integers(-400, 400)),
        several(some.tuples(some.integers(-60, 60), some.sampled_from(DAYS)).map(lambda both: f"{both[0]}{both[1]}")),
        some.text(max_size=6),
    )


@given(
    frequency=some.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    parts=some.dictionaries(some.sampled_from(NAMES), values(), max_size=4),
    first_on=some.dates(),
)
@settings(max_examples=100, deadline=None)
def test_whatever_is_typed_is_a_rule_or_refused_and_never_keeps_us_busy(
    frequency: str, parts: dict[str, str], first_on: date
) -> None:
    typed = ";".join(f"{name}={value}" for name, value in ({"FREQ": frequency} | parts).items())
    with no_hang():
        try:
            rule = settled_repeat(typed)
        except BadRepeatError:
            assert first_of_rule(typed, first_on) is None
            return
        assert settled_repeat(rule) == rule
        found = list(islice(days_of(rule_of(rule), first_on), 60)) if rule else []
        assert found == sorted(set(found))
