"""outbox.domain.claim: a letter that meets the day's limit comes a day later, and no limit is broken by it."""

import random
from datetime import datetime, timedelta

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.outbox import NOW, post
from tocsin import db
from tocsin.outbox import domain as outbox
from tocsin.outbox.caps import hour_of, hours_in
from tocsin.outbox.domain import Claimed, claim, destroy_spent_keys, expire_letters, remove_sent, stop_mails
from tocsin.outbox.models import Bounce, MailCap
from tocsin.outbox.queries import Waiting, waiting_mail
from tocsin.outbox.sealing import letter_row
from tocsin.outbox.states import Reason

pytestmark = pytest.mark.django_db(transaction=True)
MAYA = "maya@example.org"
DAY = timedelta(days=1)
# Sent at ten: eleven tomorrow is the first full hour that no 24 hours have in common with them.
TOMORROW = NOW + timedelta(hours=25)


def send(now: datetime, limit: int = 50) -> list[int]:
    """Send what is due; return the letters."""
    return sent_of(claim(provider="other", limit=limit, lease_seconds=20, now=now))


def sent_of(claimed: Claimed) -> list[int]:
    ids = [letter.id for letter in claimed.letters]
    remove_sent(ids)
    return ids


def counted() -> list[int]:
    """Return the hours that Maya's caps hold, seen from now."""
    return [hour - hour_of(NOW) for hour in hours_in(bytes(MailCap.objects.get().sent_at))]


def post_until(until: datetime, now: datetime = NOW) -> None:
    content = orjson.dumps({"to": MAYA, "until": int(until.timestamp())})
    with db.transaction():
        outbox.post([letter_row(kind="note", campaign=None, content=content, provider="other", now=now)])


def test_the_fourth_and_fifth_mail_of_a_day_come_tomorrow_in_their_order() -> None:
    letters = post(*[MAYA] * 5)
    assert send(NOW) == letters[:3]
    assert counted() == [0, 0, 0, 25, 25]
    assert send(TOMORROW - timedelta(seconds=1)) == []
    assert send(TOMORROW, limit=1) == letters[3:4]
    assert send(TOMORROW, limit=1) == letters[4:]
    assert counted() == [0, 0, 0, 25, 25]
    assert not Bounce.objects.exists()


def test_each_waits_for_the_hour_in_which_one_more_is_allowed() -> None:
    for hours in (0, 10, 20):
        post(MAYA, now=NOW + timedelta(hours=hours))
        assert len(send(NOW + timedelta(hours=hours))) == 1
    post(MAYA, MAYA, now=NOW + timedelta(hours=21))
    assert send(NOW + timedelta(hours=21)) == []
    assert counted() == [0, 10, 20, 25, 35]


def test_whoever_comes_later_does_not_take_the_hour_that_is_kept() -> None:
    waits = post(*[MAYA] * 4)[3]
    send(NOW)
    late = post(MAYA, now=NOW + timedelta(hours=24))
    assert send(NOW + timedelta(hours=24)) == []
    assert send(TOMORROW) == [waits, *late]
    assert counted() == [0, 0, 0, 25, 25]


def test_the_months_limit_drops_as_before() -> None:
    for days in (0, 2, 4, 4, 4):
        post(MAYA, now=NOW + days * DAY)
        send(NOW + days * DAY)
    post(MAYA, now=NOW + 4 * DAY)
    claimed = claim(provider="other", limit=50, lease_seconds=20, now=NOW + 4 * DAY)
    assert (claimed.put_off, claimed.dropped) == (0, [Reason.CAPPED])


def test_what_could_not_be_sent_in_its_hour_is_counted_anew() -> None:
    waits = post(*[MAYA] * 4)[3]
    send(NOW)
    # The worker stood still for two days, and one more mail was asked for meanwhile.
    late = post(MAYA, now=NOW + 2 * DAY)
    assert send(NOW + 2 * DAY) == [waits, *late]
    assert counted() == [0, 0, 0, 48, 48]


def test_whoever_asks_for_no_more_mails_gets_none_tomorrow() -> None:
    post(*[MAYA] * 4)
    send(NOW)
    stop_mails(address=MAYA)
    claimed = claim(provider="other", limit=50, lease_seconds=20, now=TOMORROW)
    assert (claimed.letters, claimed.dropped) == ([], [Reason.NEVER_WRITE])


def test_a_worker_that_dies_with_a_letter_that_was_put_off_does_not_count_it_twice() -> None:
    post(*[MAYA] * 4)
    send(NOW)
    claim(provider="other", limit=50, lease_seconds=20, now=TOMORROW)  # and no more is heard of that worker
    assert len(send(TOMORROW + timedelta(minutes=1))) == 1
    assert counted() == [0, 0, 0, 25]


def test_what_is_good_for_nothing_tomorrow_is_dropped_today() -> None:
    post(MAYA, MAYA, MAYA)
    send(NOW)
    post_until(TOMORROW + timedelta(minutes=59))
    assert claim(provider="other", limit=50, lease_seconds=20, now=NOW).dropped == [Reason.CAPPED]
    assert counted() == [0, 0, 0]
    post_until(TOMORROW + timedelta(minutes=60))
    assert claim(provider="other", limit=50, lease_seconds=20, now=NOW).put_off == 1


def test_its_key_is_there_when_its_hour_has_come_or_it_is_dropped_at_once() -> None:
    post(MAYA, MAYA, MAYA)
    send(NOW)
    old = NOW - 3 * DAY  # nobody sent mail for so long
    post(MAYA, now=old)
    post(MAYA, now=old - DAY)
    claimed = claim(provider="other", limit=50, lease_seconds=20, now=NOW)
    assert (claimed.put_off, claimed.dropped) == (1, [Reason.CAPPED])
    expire_letters(now=TOMORROW)
    destroy_spent_keys(now=TOMORROW)
    assert len(send(TOMORROW)) == 1


def test_what_waits_for_its_hour_is_named_apart() -> None:
    post(*[MAYA] * 5)
    send(NOW)
    post("otto@example.net")
    assert waiting_mail(now=NOW + timedelta(seconds=90)) == Waiting(3, 90, put_off=2)
    assert waiting_mail(now=TOMORROW + timedelta(seconds=90)).put_off == 0


def test_thirty_that_are_put_off_cost_as_many_statements_as_one() -> None:
    def statements(addresses: list[str], now: datetime) -> int:
        post(*[address for address in addresses for _ in range(4)], now=now)
        with CaptureQueriesContext(connection) as asked:
            assert claim(provider="other", limit=1000, lease_seconds=20, now=now).put_off == len(addresses)
        return len(asked)

    few = statements([MAYA], NOW)
    assert statements([f"rui{number}@example.org" for number in range(30)], NOW + timedelta(hours=1)) == few


def test_no_24_hours_hold_a_fourth_mail_and_no_30_days_a_sixth_whatever_comes_and_stands_still() -> None:
    chance = random.Random(40)
    sent: list[int] = []
    now = NOW
    for _ in range(120):
        now += timedelta(hours=chance.choice([0, 0, 1, 1, 5, 11, 24, 26, 60]))
        post(*[MAYA] * chance.choice([0, 1, 1, 2, 6]), now=now)
        sent += [hour_of(now)] * len(send(now, limit=chance.choice([1, 50])))
        waiting = [hour for hour in counted() if hour > hour_of(now) - hour_of(NOW)]
        assert len(waiting) <= 2
    assert len(sent) > 10
    for first in sent:
        assert sum(first <= hour <= first + 24 for hour in sent) <= 3
        assert sum(first <= hour <= first + 30 * 24 for hour in sent) <= 5
