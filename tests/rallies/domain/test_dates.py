"""rallies.domain.dates: what becomes of the dates of a rally when its rule, hour or zone changes."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from tests.cast import MAYA, OTTO
from tests.factories.coming import come, told
from tests.factories.rallies import LISBON, NOW, rally
from tocsin import db
from tocsin.rallies.details import details_of
from tocsin.rallies.domain.cancel import cancel_date
from tocsin.rallies.domain.change import change
from tocsin.rallies.domain.dates import MOST_DATES, add_dates
from tocsin.rallies.domain.move_date import Move, move_date
from tocsin.rallies.domain.postpone import postpone
from tocsin.rallies.domain.reopen import reopen
from tocsin.rallies.hosts import PrivatePlace
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.states import HORIZON_DAYS, DateState

pytestmark = pytest.mark.django_db(transaction=True)


def changed(one: Rally, **columns: Any) -> None:
    assert change(rally=one.pk, details=replace(details_of(one), **columns), private=PrivatePlace(), now=NOW)
    one.refresh_from_db()


def moved(one: Occurrence, on: date, minutes: int) -> None:
    assert move_date(
        rally=one.rally, date=one.pk, move=Move(held_on=on, wall_time=time(19, 30), minutes=minutes), now=NOW
    )


def test_a_date_that_was_moved_to_another_hour_keeps_it_whatever_else_is_changed() -> None:
    one = rally(repeat="FREQ=WEEKLY;COUNT=2")
    first, second = one.occurrences.order_by("original_on")
    moved(first, first.held_on, first.minutes)
    changed(one, capacity=80)
    first.refresh_from_db()
    assert (first.wall_time, first.starts_at.hour) == (time(19, 30), 17)
    changed(one, wall_time=time(18))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.wall_time, second.wall_time, second.starts_at.hour) == (time(19, 30), time(18), 16)


def test_a_moved_date_keeps_its_hour_by_the_clock_of_the_new_place() -> None:
    one = rally()
    row = one.occurrences.get()
    moved(row, row.held_on + timedelta(days=1), 60)
    changed(one, where=LISBON, zone="Europe/Lisbon")
    row.refresh_from_db()
    assert (row.wall_time, row.starts_at.hour, row.minutes) == (time(19, 30), 18, 60)


def states(one: Rally) -> dict[date, DateState]:
    return {row.original_on: DateState(row.state) for row in one.occurrences.all()}


def test_a_date_changed_away_and_back_stands_again_and_who_comes_hears_of_both() -> None:
    one = rally()
    saturday, sunday = date(2026, 6, 6), date(2026, 6, 7)
    come(Occurrence.objects.select_related("rally__campaign").get(rally=one), MAYA)
    changed(one, first_on=sunday)
    assert states(one) == {saturday: DateState.CANCELLED, sunday: DateState.STANDS}
    changed(one, first_on=saturday)
    assert states(one) == {saturday: DateState.STANDS, sunday: DateState.CANCELLED}
    assert [letter.mail for letter in told(MAYA)][-2:] == ["date_cancelled", "date_changed"]
    changed(one, first_on=sunday)
    assert states(one) == {saturday: DateState.CANCELLED, sunday: DateState.STANDS}


def test_a_date_that_stands_again_stands_at_the_hour_that_the_rally_has_by_then() -> None:
    one = rally()
    saturday, sunday = date(2026, 6, 6), date(2026, 6, 7)
    come(Occurrence.objects.select_related("rally__campaign").get(rally=one), MAYA)
    changed(one, first_on=sunday, wall_time=time(15), minutes=60)
    assert last_told() == ("date_cancelled", "12"), "the hour that people know"
    changed(one, first_on=saturday)
    row = one.occurrences.get(original_on=saturday)
    assert (row.state, row.wall_time, row.minutes, row.starts_at.hour) == (DateState.STANDS, time(15), 60, 13)
    assert last_told() == ("date_changed", "3")


def last_told() -> tuple[str, str]:
    """Return the last mail to Maya, and the hour that it names."""
    letter = told(MAYA)[-1]
    return letter.mail, letter.texts["hours"].partition(":")[0]


def test_a_series_that_is_cut_and_goes_on_has_one_hour() -> None:
    one = rally(repeat="FREQ=WEEKLY;COUNT=4")
    third = one.occurrences.order_by("original_on")[2]
    moved(third, third.held_on + timedelta(days=1), 60)
    changed(one, repeat="FREQ=WEEKLY;COUNT=2")
    changed(one, wall_time=time(18), minutes=90)
    changed(one, repeat="FREQ=WEEKLY;COUNT=4")
    rows = one.occurrences.order_by("original_on")
    assert [(row.wall_time, row.minutes, row.starts_at.hour) for row in rows] == [
        (time(18), 90, 16),
        (time(18), 90, 16),
        (time(19, 30), 60, 17),  # moved by itself, to another day
        (time(18), 90, 16),
    ]


@pytest.mark.parametrize("is_off_rule_first", [True, False])
def test_a_date_that_its_host_cancelled_stays_so_whatever_the_rule_gives(*, is_off_rule_first: bool) -> None:
    one = rally()
    saturday, sunday = date(2026, 6, 6), date(2026, 6, 7)
    row = one.occurrences.get()
    if is_off_rule_first:
        changed(one, first_on=sunday)
        assert reopen(rally=one.pk, date=row.pk, note="", now=NOW)
    assert cancel_date(rally=one.pk, date=row.pk, note="storm", now=NOW)
    changed(one, first_on=sunday)
    changed(one, first_on=saturday)
    assert states(one)[saturday] == DateState.CANCELLED


def test_a_date_that_a_host_reopened_though_the_rule_leaves_it_out_stays_whatever_words_change() -> None:
    one = rally(repeat="FREQ=WEEKLY")
    third = one.occurrences.order_by("original_on")[2]
    changed(one, repeat="FREQ=WEEKLY;COUNT=2")
    assert reopen(rally=one.pk, date=third.pk, note="", now=NOW)
    changed(one, held_by="The choir of the night train")
    changed(one, wall_time=time(18))
    third.refresh_from_db()
    assert (third.state, third.wall_time) == (DateState.STANDS, time(18))
    changed(one, repeat="FREQ=WEEKLY")
    changed(one, repeat="FREQ=WEEKLY;COUNT=2")
    third.refresh_from_db()
    assert third.state == DateState.CANCELLED


def test_who_comes_to_a_date_that_is_left_out_of_a_series_hears_of_it_and_of_its_return_and_nobody_else() -> None:
    one = rally(repeat="FREQ=WEEKLY;COUNT=2")
    first, second = Occurrence.objects.select_related("rally__campaign").order_by("original_on")
    come(first, OTTO)
    come(second, MAYA)
    already = len(told(OTTO))
    changed(one, skipped=(second.original_on,))
    changed(one, skipped=())
    assert [letter.mail for letter in told(MAYA)][-2:] == ["date_cancelled", "date_changed"]
    assert len(told(OTTO)) == already


def test_that_a_cancelled_date_would_have_another_hour_is_no_news() -> None:
    one = rally()
    row = Occurrence.objects.select_related("rally__campaign").get()
    come(row, MAYA)
    assert cancel_date(rally=one.pk, date=row.pk, note="storm", now=NOW)
    already = told(MAYA)
    changed(one, wall_time=time(18))
    row.refresh_from_db()
    assert (told(MAYA), row.wall_time) == (already, time(18))


def test_a_rule_that_no_door_takes_any_more_is_exchanged_with_its_dates() -> None:
    one = rally(repeat="FREQ=WEEKLY;COUNT=2")
    Rally.objects.update(repeat="FREQ=SECONDLY")
    one.refresh_from_db()
    changed(one, repeat="")
    assert list(states(one).values()) == [DateState.STANDS, DateState.CANCELLED]


def test_a_postponed_date_that_the_rule_left_out_does_not_stand_by_itself() -> None:
    one = rally()
    assert postpone(rally=one.pk, date=one.occurrences.get().pk, note="storm", now=NOW)
    changed(one, first_on=date(2026, 6, 7))
    changed(one, first_on=date(2026, 6, 6))
    assert states(one)[date(2026, 6, 6)] == DateState.CANCELLED


def test_a_daily_series_of_many_years_has_its_dates_to_come_and_no_flood_of_past_ones() -> None:
    one = rally(first_on=date(2019, 1, 1), repeat="FREQ=DAILY")
    days = held_on(one)
    assert (len(days), days[-1]) == (MOST_DATES, NOW.date() + timedelta(days=HORIZON_DAYS))


def test_the_next_date_of_a_rare_series_has_its_row_however_far_away_and_no_other_beyond_the_horizon() -> None:
    one = rally(repeat="FREQ=YEARLY")
    assert held_on(one) == [date(2026, 6, 6)]
    later = NOW + timedelta(days=50)
    with db.transaction():
        assert add_dates(rallies=[one], now=later) == 1
    assert held_on(one) == [date(2026, 6, 6), date(2027, 6, 6)]


def test_a_far_date_that_a_new_rule_gives_too_stands() -> None:
    one = rally(repeat="FREQ=MONTHLY;INTERVAL=12")
    with db.transaction():
        add_dates(rallies=[one], now=NOW + timedelta(days=50))
    assert change(
        rally=one.pk,
        details=replace(details_of(one), repeat="FREQ=MONTHLY"),
        private=PrivatePlace(),
        now=NOW + timedelta(days=50),
    )
    far = one.occurrences.get(original_on=date(2027, 6, 6))
    assert far.state == DateState.STANDS


def held_on(one: Rally) -> list[date]:
    return list(one.occurrences.order_by("held_on").values_list("held_on", flat=True))
