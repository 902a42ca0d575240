"""What is done once a day: after the work it is marked, and what fails is tried again after an hour."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError

from tocsin.cli.daily import do_daily

NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


class Jobs:
    """Two jobs that note when they were done; the first one fails as told."""

    def __init__(self, marks: Path) -> None:
        self.marks, self.done = marks, list[str]()
        self.error: BaseException | None = None

    def first(self) -> None:
        self.done.append("first")
        if self.error is not None:
            raise self.error

    def asked(self, **later: float) -> list[str]:
        self.done.clear()
        jobs = {"first": self.first, "second": lambda: self.done.append("second")}
        do_daily(jobs, marks=self.marks, now=NOW + timedelta(**later))
        return list(self.done)


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    return Jobs(tmp_path / "daily")


def test_each_is_done_once_a_day(jobs: Jobs) -> None:
    assert jobs.asked() == ["first", "second"]
    assert [jobs.asked(), jobs.asked(hours=14.9)] == [[], []]
    assert jobs.asked(hours=15) == ["first", "second"]


def test_one_that_fails_is_tried_again_after_an_hour_and_keeps_no_other_from_its_day(
    jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    jobs.error = ValueError("maya@example.org")
    assert jobs.asked() == ["first", "second"]
    assert [line.getMessage() for line in caplog.records] == [
        "the daily job first failed, and is tried again in an hour (ValueError)"
    ]
    assert [jobs.asked(minutes=59), jobs.asked(minutes=60)] == [[], ["first"]]
    jobs.error = None
    assert [jobs.asked(minutes=120), jobs.asked(minutes=180)] == [["first"], []]


@pytest.mark.parametrize("error", [DatabaseError(), KeyboardInterrupt()])
def test_where_the_database_goes_away_or_the_process_dies_the_rest_is_done_in_the_next_round(
    jobs: Jobs, error: BaseException
) -> None:
    jobs.error = error
    with pytest.raises(type(error)):
        jobs.asked()
    jobs.error = None
    assert [jobs.asked(minutes=10), jobs.asked(minutes=60)] == [["second"], ["first"]]


def test_what_a_clock_that_was_years_ahead_has_marked_is_due_once_it_is_right_again(jobs: Jobs) -> None:
    assert jobs.asked(days=3_000) == ["first", "second"]
    assert [jobs.asked(), jobs.asked(hours=1)] == [["first", "second"], []]


def test_a_mark_of_midnight_holds_at_the_very_beginning_of_the_day(jobs: Jobs) -> None:
    assert jobs.asked(hours=-9) == ["first", "second"]
    assert [jobs.asked(hours=-9), jobs.asked(hours=15)] == [[], ["first", "second"]]


def test_marks_that_cannot_be_read_are_none(jobs: Jobs) -> None:
    jobs.marks.write_bytes(b"2026-05-01\nfirst \xff\nsecond tomorrow\n")
    assert jobs.asked() == ["first", "second"]
    assert jobs.asked() == []
