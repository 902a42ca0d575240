"""website.growth: the number over time, as a picture and as a table."""

from datetime import date, timedelta

import pytest

from tocsin.website.growth import HEIGHT, WIDTH, Added, ceiling, growth_of

DAY = date(2026, 3, 1)


def days(*numbers: int) -> list[Added]:
    return [Added(DAY + timedelta(days=place), number, 0) for place, number in enumerate(numbers)]


def test_nothing_is_no_picture() -> None:
    assert growth_of([], until=DAY) is None


def test_the_picture_begins_at_nought_and_ends_at_the_number() -> None:
    growth = growth_of([Added(DAY, 40, 0), Added(DAY + timedelta(days=1), 50, 10)], until=DAY + timedelta(days=1))
    assert growth is not None
    assert growth.top == 100
    assert growth.line == f"M0.0 {HEIGHT}.0L300.0 120.0L{WIDTH}.0 40.0"
    assert growth.area == f"{growth.line}V{HEIGHT}H0Z"
    assert [row.number for row in growth.rows] == [40, 80]


def test_days_without_a_signature_are_level() -> None:
    growth = growth_of([Added(DAY, 10, 0), Added(DAY + timedelta(days=8), 10, 0)], until=DAY + timedelta(days=9))
    assert growth is not None
    # a day up, seven level, a day up, a day level until today
    assert growth.line == "M0.0 200.0L60.0 100.0L480.0 100.0L540.0 0.0L600.0 0.0"


def test_a_number_that_falls_falls_in_the_picture() -> None:
    growth = growth_of([Added(DAY, 10, 0), Added(DAY + timedelta(days=1), 0, 5)], until=DAY)
    assert growth is not None
    assert growth.line.endswith("L600.0 100.0")
    assert growth.rows[-1] == (DAY + timedelta(days=1), 0, 5, 5)


def test_a_long_campaign_is_told_by_the_month_and_drawn_with_few_points() -> None:
    growth = growth_of(days(*[3] * 1_000), until=DAY + timedelta(days=999))
    assert growth is not None
    assert growth.is_monthly
    assert growth.rows[0] == (date(2026, 3, 1), 93, 0, 93)
    assert growth.rows[-1].number == 3_000
    assert growth.line.count("L") <= 401
    assert (growth.top, growth.line.rpartition("L")[2]) == (5_000, f"{WIDTH}.0 80.0")


def test_the_busiest_day_is_known() -> None:
    growth = growth_of(days(1, 7, 3), until=DAY)
    assert growth is not None
    assert growth.busiest.day == DAY + timedelta(days=1)


@pytest.mark.parametrize(
    "number, top",
    [(0, 10), (9, 10), (10, 10), (11, 20), (24, 25), (26, 50), (51, 100), (101, 200), (4_120, 5_000), (10_675, 20_000)],
)
def test_the_axis_ends_at_a_round_number(number: int, top: int) -> None:
    assert ceiling(number) == top
