"""outbox.domain.expire: no letter older than five days, no key without a letter."""

from datetime import timedelta

import pytest

from tests.factories.outbox import NOW, post
from tocsin.outbox.domain import destroy_spent_keys, expire_letters
from tocsin.outbox.keys import day_of, days_kept, sealing_box
from tocsin.outbox.models import Bounce, Letter

pytestmark = pytest.mark.django_db(transaction=True)
DAY = day_of(NOW)


def test_a_letter_is_given_up_on_its_fifth_day_and_counted() -> None:
    for days in range(7):
        post("maya@example.org", now=NOW - timedelta(days=days))
    assert expire_letters(now=NOW) == 2
    assert sorted(Letter.objects.values_list("key_day", flat=True)) == [DAY - 4, DAY - 3, DAY - 2, DAY - 1, DAY]
    assert list(Bounce.objects.values_list("provider", "answer", "letters")) == [("other", "too old", 2)]


def test_a_key_is_destroyed_with_its_last_letter() -> None:
    post("maya@example.org", now=NOW - timedelta(days=3))
    post("maya@example.org", now=NOW - timedelta(days=2))
    sealing_box(DAY)
    assert destroy_spent_keys(now=NOW) == {"kept": 3}
    Letter.objects.filter(key_day=DAY - 3).delete()
    assert destroy_spent_keys(now=NOW) == {"kept": 2, "destroyed": 1}
    assert days_kept() == [DAY - 2, DAY]


def test_no_key_is_older_than_five_days_whatever_waits() -> None:
    for days in range(9):
        post("maya@example.org", now=NOW - timedelta(days=days))
    expire_letters(now=NOW)
    destroy_spent_keys(now=NOW)
    assert days_kept() == [DAY - 4, DAY - 3, DAY - 2, DAY - 1, DAY]


def test_just_after_midnight_yesterdays_key_stays_for_what_is_being_posted() -> None:
    midnight = NOW.replace(hour=0, minute=0)
    sealing_box(DAY - 1)
    sealing_box(DAY)
    destroy_spent_keys(now=midnight + timedelta(minutes=9))
    assert days_kept() == [DAY - 1, DAY]
    destroy_spent_keys(now=midnight + timedelta(minutes=10))
    assert days_kept() == [DAY]
