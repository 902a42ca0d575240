"""outbox.domain.settle: what becomes of letters that a worker holds."""

from datetime import timedelta

import pytest

from tests.factories.outbox import NOW, post
from tocsin.outbox.domain import Claimed, GivenUp, PutOff, claim, give_back, remove_sent, renew, settle, wait_seconds
from tocsin.outbox.models import Bounce, Letter

pytestmark = pytest.mark.django_db(transaction=True)
MOMENT = int(NOW.timestamp())


def take(seconds: int = 0) -> Claimed:
    return claim(provider="other", limit=50, lease_seconds=20, now=NOW + timedelta(seconds=seconds))


def test_a_letter_put_off_comes_back_when_its_wait_is_over() -> None:
    (letter,) = post("maya@example.org")
    held = take()
    settle(put_off=[PutOff(letter, "451", 60)], given_up=[], lease_end=held.lease_end, now=NOW)
    assert Letter.objects.get().last_answer == "451"
    assert take(59).letters == []
    assert [one.attempts for one in take(60).letters] == [2]


def test_a_letter_given_up_is_gone_and_counted_by_provider_without_its_address() -> None:
    letters = post("maya@example.org", "otto@example.net")
    held = take()
    given_up = [GivenUp(letter, "other", "550") for letter in letters]
    settle(put_off=[], given_up=given_up, lease_end=held.lease_end, now=NOW)
    assert not Letter.objects.exists()
    assert list(Bounce.objects.values_list("on", "provider", "answer", "letters")) == [(NOW.date(), "other", "550", 2)]


def test_bounces_of_a_day_add_up() -> None:
    for _ in range(3):
        (letter,) = post("maya@example.org")
        settle(put_off=[], given_up=[GivenUp(letter, "other", "550")], lease_end=0, now=NOW)
    assert list(Bounce.objects.values_list("letters", flat=True)) == [3]


def test_a_worker_that_lost_its_lease_does_not_put_off_anothers_letter() -> None:
    (letter,) = post("maya@example.org")
    first = take()
    second = take(20)
    settle(put_off=[PutOff(letter, "451", 3600)], given_up=[], lease_end=first.lease_end, now=NOW)
    give_back([(letter, 1)], lease_end=first.lease_end, seconds=0, now=NOW)
    assert Letter.objects.get().due_at == second.lease_end


def test_letters_not_tried_are_due_again_and_their_attempt_does_not_count() -> None:
    letters = post("maya@example.org", "otto@example.net")
    held = take()
    give_back([(one.id, one.attempts) for one in held.letters], lease_end=held.lease_end, seconds=0, now=NOW)
    again = take()
    assert [one.id for one in again.letters] == letters
    give_back([(one.id, one.attempts) for one in again.letters], lease_end=again.lease_end, seconds=0, now=NOW)
    assert [one.attempts for one in take().letters] == [2, 2]


def test_a_renewed_lease_ends_later_for_those_that_are_still_ours() -> None:
    mine, lost = post("maya@example.org", "otto@example.net")
    held = take()
    Letter.objects.filter(id=lost).update(due_at=MOMENT)
    later = NOW + timedelta(seconds=10)
    assert renew([mine, lost], lease_end=held.lease_end, lease_seconds=20, now=later) == ({mine}, MOMENT + 30)
    assert [one.id for one in take(20).letters] == [lost]


def test_sent_letters_are_removed_and_removing_twice_is_fine() -> None:
    first, second = post("maya@example.org", "otto@example.net")
    remove_sent([first])
    remove_sent([first])
    assert list(Letter.objects.values_list("id", flat=True)) == [second]


def test_waits_double_from_a_minute_to_four_hours_and_half_of_each_is_lot() -> None:
    assert [wait_seconds(n, lambda: 1.0) for n in (1, 2, 3, 8, 9, 40)] == [60, 120, 240, 7680, 14400, 14400]
    assert [wait_seconds(n, lambda: 0.0) for n in (1, 2)] == [30, 60]


def test_an_id_never_comes_back() -> None:
    # The ledger of sent letters relies on it.
    (first,) = post("maya@example.org")
    remove_sent([first])
    (second,) = post("maya@example.org")
    assert second > first
