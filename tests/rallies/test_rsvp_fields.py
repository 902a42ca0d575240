"""rallies.rsvp_fields: what is wrong with what was typed is said by field, all at once."""

import pytest

from tocsin.rallies.domain.rsvp import ToCome
from tocsin.rallies.rsvp_fields import NEEDS_LIMIT, WORDS, Problem, Problems, read_extras, read_rsvp

GOOD = {"email": "maya@example.org"}


def problems(**typed: str) -> dict[str, Problem]:
    read = read_rsvp(GOOD | typed, language="en")
    return read.by_field if isinstance(read, Problems) else {}


def test_an_address_is_enough() -> None:
    read = read_rsvp(GOOD, language="es")
    assert isinstance(read, ToCome)
    assert (read.address.typed, read.language, read.name, read.guests, read.duty, read.needs) == (
        "maya@example.org",
        "es",
        "",
        0,
        "",
        "",
    )


def test_all_fields_are_tidied() -> None:
    typed = {"name": "  Maya  Lindqvist ", "guests": "9", "duty": "marshal", "needs": " a seat\r\nand shade "}
    read = read_rsvp(GOOD | typed, language="en")
    assert isinstance(read, ToCome)
    assert (read.name, read.guests, read.duty, read.needs) == ("Maya Lindqvist", 9, "marshal", "a seat\nand shade")


@pytest.mark.parametrize(
    "field, typed, problem",
    [
        ("email", "", Problem.EMAIL_MISSING),
        ("email", "maya", Problem.EMAIL_UNREADABLE),
        ("email", "maya@gmial.com", Problem.EMAIL_LIKELY_SLIP),
        ("name", "see www.evil.example", Problem.NAME_NOT_A_NAME),
        ("guests", "10", Problem.GUESTS_SHAPE),
        ("guests", "-1", Problem.GUESTS_SHAPE),
        ("guests", "²", Problem.GUESTS_SHAPE),
        ("duty", "king", Problem.DUTY_UNKNOWN),
        ("needs", "x" * (NEEDS_LIMIT + 1), Problem.NEEDS_TOO_LONG),
        ("needs", "look at https://evil.example", Problem.NEEDS_NOT_PLAIN),
    ],
)
def test_each_problem_is_named_beside_its_field(field: str, typed: str, problem: Problem) -> None:
    assert problems(**{field: typed}) == {field: problem}
    assert str(WORDS[problem])


def test_a_likely_slip_is_asked_about_once() -> None:
    read = read_rsvp({"email": "maya@gmial.com"}, language="en")
    assert isinstance(read, Problems)
    assert read.suggested_email == "maya@gmail.com"
    assert problems(email="maya@gmial.com", email_as_typed="maya@gmial.com") == {}


def test_everything_wrong_is_said_at_once() -> None:
    assert set(problems(email="x", guests="x", duty="x", name="@")) == {"email", "guests", "duty", "name"}
    read = read_extras({"guests": "x", "duty": "x"})
    assert isinstance(read, Problems)
    assert set(read.by_field) == {"guests", "duty"}
