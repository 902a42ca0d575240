"""What people type for a number, and what of the form is wrong at once."""

from typing import Any

import pytest

from tocsin.rallies.domain.headcounts import Reported
from tocsin.rallies.headcount_fields import read_report
from tocsin.rallies.refusals import Refusal

TYPED = {"low": "300", "high": "350", "method": "counted", "source": "attendee"}


def wrong(**changes: str) -> list[tuple[str, Refusal]]:
    """Return what is wrong with the form, as it comes back."""
    read = read_report(TYPED | changes)
    return [] if isinstance(read, Reported) else [(one.field, one.refusal) for one in read]


@pytest.mark.parametrize(
    "typed, number",
    [
        ("300", 300),
        (" 1200 ", 1_200),
        ("1,200", 1_200),
        ("1.200", 1_200),
        ("1 200", 1_200),
        ("1\u202f200", 1_200),
        ("1'200'000", 1_200_000),
        ("١٬٢٠٠", 1_200),
        ("१२००", 1_200),
        ("0", 0),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, number: int) -> None:
    read = read_report(TYPED | {"low": "0", "high": typed})

    assert isinstance(read, Reported)
    assert read.high == number


@pytest.mark.parametrize(
    "typed", ["many", "1.5", "1,20", "-5", "+5", "1e3", "12 34", "about 300", "³", "9" * 10, "9" * 10_000, "1,200,00"]
)
def test_what_is_no_whole_number_is_not_guessed_at(typed: str) -> None:
    assert wrong(high=typed) == [("high", Refusal.NUMBER_SHAPE)]


def test_an_empty_form_names_every_field_to_fill_in() -> None:
    read = read_report({})

    assert not isinstance(read, Reported)
    assert [(one.field, one.refusal) for one in read] == [
        ("low", Refusal.EMPTY),
        ("high", Refusal.EMPTY),
        ("source", Refusal.WRONG_CHOICE),
        ("method", Refusal.WRONG_CHOICE),
    ]
    assert all(one.mend for one in read)


def test_a_number_that_is_none_is_not_called_smaller_than_the_other() -> None:
    assert wrong(low="many", high="5") == [("low", Refusal.NUMBER_SHAPE)]
    assert wrong(low="6", high="5") == [("high", Refusal.COUNT_BACKWARDS)]


@pytest.mark.parametrize("source", ["host", "HOST", "", "rumour"])
def test_a_visitor_speaks_for_nobody_but_themselves_the_press_and_the_police(source: str) -> None:
    assert wrong(source=source) == [("source", Refusal.WRONG_CHOICE)]


@pytest.mark.parametrize("changes", [{"source": "press"}, {"source": "police"}])
def test_who_names_the_press_says_which(changes: dict[str, Any]) -> None:
    assert wrong(**changes) == [("source_name", Refusal.SOURCE_MISSING)]
    assert wrong(**changes, source_name="Hessische Allgemeine") == []
    assert wrong(**changes, url="https://paper.example/42") == []
