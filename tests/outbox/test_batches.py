"""Letters of a batch: held, let go, taken back and counted as one; others stay as they are."""

from datetime import timedelta

import pytest

from tests.factories.outbox import NOW, post
from tocsin import db
from tocsin.outbox import batches
from tocsin.outbox.domain import GivenUp, claim, expire_letters, settle
from tocsin.outbox.models import Letter
from tocsin.outbox.states import Reason

KIND = "circular.12"
pytestmark = pytest.mark.django_db


def due() -> list[int]:
    return sorted(letter.id for letter in claim(provider="other", limit=10, lease_seconds=20, now=NOW).letters)


def test_a_held_batch_waits_and_others_do_not() -> None:
    post("a@example.org", "b@example.org", kind=KIND)
    others = post("c@example.org", kind="circular.1") + post("d@example.org", kind="note")
    _hold()
    assert due() == others
    _let_go()
    assert len(due()) == 2


def test_what_was_put_off_is_held_too() -> None:
    [letter] = post("a@example.org", kind=KIND)
    Letter.objects.update(due_at=int((NOW + timedelta(hours=1)).timestamp()))
    _hold()
    assert claim(provider="other", limit=10, lease_seconds=20, now=NOW + timedelta(hours=2)).letters == []
    assert Letter.objects.filter(pk=letter).exists()


def test_taken_back_letters_are_counted_by_provider() -> None:
    post("a@example.org", "b@gmail.com", "c@gmail.com", kind=KIND)
    post("d@example.org", kind="circular.1")
    with db.transaction():
        assert batches.take_back(KIND) == {"other": 1, "google": 2}
    assert batches.waiting("circular.1") == {"other": 1}


def test_given_up_letters_are_told_by_batch_however_they_went() -> None:
    first, _ = post("a@example.org", "b@example.org", kind=KIND, now=NOW - timedelta(days=9))
    claimed = claim(provider="other", limit=1, lease_seconds=20, now=NOW - timedelta(days=9))
    settle(given_up=[GivenUp(first, "other", "550", KIND)], put_off=[], lease_end=claimed.lease_end, now=NOW)
    expire_letters(now=NOW)
    assert batches.refused(KIND) == [("other", "550", 1), ("other", Reason.TOO_OLD, 1)]
    assert batches.refused("circular.1") == []


def _hold() -> None:
    with db.transaction():
        batches.hold(KIND, now=NOW)


def _let_go() -> None:
    with db.transaction():
        batches.let_go(KIND, now=NOW)
