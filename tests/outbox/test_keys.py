"""outbox.keys: one key a day, in a file that only we read, gone when it is destroyed."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.outbox.keys import OutboxKeyGoneError, day_of, days_kept, destroy, opening_box, path_of, sealing_box
from tocsin.outbox.sealing import letter_row, open_letter
from tocsin.seal.box import BoxBrokenError

NOW = datetime(2026, 4, 2, 23, 59, 59, tzinfo=UTC)


def test_a_days_key_lies_in_a_file_named_for_the_day() -> None:
    sealing_box(day_of(NOW))
    assert path_of(day_of(NOW)).name == "2026-04-02.key"
    assert path_of(day_of(NOW)).stat().st_mode & 0o777 == 0o600
    assert days_kept() == [day_of(NOW)]


def test_a_stray_file_beside_the_keys_is_none_of_them() -> None:
    sealing_box(day_of(NOW))
    for name in ("2026-04-02 (copy).key", "2026-04-03T00:00.key", "old.key"):
        path_of(day_of(NOW)).with_name(name).write_bytes(b"x" * 32)
    assert days_kept() == [day_of(NOW)]


def test_the_day_turns_at_midnight_utc() -> None:
    assert day_of(NOW + timedelta(seconds=1)) == day_of(NOW) + 1


def test_what_was_sealed_one_day_opens_with_that_days_key_alone() -> None:
    today, tomorrow = day_of(NOW), day_of(NOW) + 1
    sealed = sealing_box(today).seal(b"x", b"words")
    sealing_box(tomorrow)
    assert opening_box(today).open(b"x", sealed) == b"words"
    with pytest.raises(BoxBrokenError):
        opening_box(tomorrow).open(b"x", sealed)


def test_a_destroyed_key_opens_nothing_and_is_never_made_again_to_open() -> None:
    day = day_of(NOW)
    sealing_box(day)
    destroy(day)
    destroy(day)
    with pytest.raises(OutboxKeyGoneError):
        opening_box(day)
    assert days_kept() == []


def test_a_letter_opens_only_as_the_kind_and_for_the_campaign_it_was_sealed_for() -> None:
    row = letter_row(kind="confirm", campaign=7, content=b"{}", provider="other", now=NOW)
    kind, campaign, due_at, attempts, provider, day, sealed, answer, ref = row
    assert (kind, campaign, due_at, attempts, provider, answer, ref) == (
        "confirm",
        7,
        int(NOW.timestamp()),
        0,
        "other",
        "",
        None,
    )
    assert open_letter(opening_box(day), kind="confirm", campaign=7, sealed=sealed) == b"{}"
    for other in ({"kind": "lost", "campaign": 7}, {"kind": "confirm", "campaign": 8}):
        with pytest.raises(BoxBrokenError):
            open_letter(opening_box(day), sealed=sealed, **other)  # type: ignore[arg-type]  # a test's shorthand
