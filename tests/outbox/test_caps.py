"""outbox.caps: three in 24 hours, five in 30 days, one cap for all spellings of a mailbox."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.outbox.caps import allowed, cap_key, hour_of, hours_in, packed

NOW = datetime(2026, 4, 2, 10, 30, tzinfo=UTC)
HOUR = hour_of(NOW)


def test_three_mails_in_24_hours_and_not_a_fourth() -> None:
    hours: list[int] | None = []
    for _ in range(3):
        assert hours is not None
        hours = allowed(hours, HOUR)
    assert hours == [HOUR] * 3
    assert allowed(hours, HOUR) is None


def test_no_24_hours_hold_a_fourth_mail_to_the_minute() -> None:
    # Sent at the end of an hour: a day later at its beginning is not 24 hours later.
    assert allowed([HOUR] * 3, hour_of(NOW + timedelta(hours=23, minutes=45))) is None
    assert allowed([HOUR] * 3, hour_of(NOW + timedelta(hours=25))) == [HOUR] * 3 + [HOUR + 25]


def test_five_mails_in_30_days_and_not_a_sixth() -> None:
    hours = [HOUR + 48 * day for day in range(5)]
    assert allowed(hours, HOUR + 29 * 24) is None
    assert allowed(hours, HOUR + 30 * 24 + 1) == [*hours[1:], HOUR + 30 * 24 + 1]


def test_hours_are_kept_as_they_were() -> None:
    assert hours_in(packed([HOUR, HOUR + 1, 0])) == [HOUR, HOUR + 1, 0]
    assert hours_in(b"") == []


@pytest.mark.parametrize("other", ["Maya+x@gmail.com", "m.a.y.a@googlemail.com", "MAYA@GMAIL.COM"])
def test_all_spellings_of_a_mailbox_share_its_caps(other: str) -> None:
    assert cap_key(other) == cap_key("maya@gmail.com")


def test_two_mailboxes_do_not() -> None:
    assert cap_key("maya@gmail.com") != cap_key("otto@gmail.com")


def test_what_is_no_address_has_no_cap() -> None:
    assert cap_key("maya") is None
