"""outbox.queries: what is due, what waits, what bounced."""

from datetime import timedelta

import pytest

from tests.factories.outbox import NOW, post
from tocsin import db
from tocsin.outbox.domain.bounces import Refused, record_bounces
from tocsin.outbox.queries import BounceLine, Waiting, bounces, due_providers, waiting_mail

pytestmark = pytest.mark.django_db(transaction=True)


def test_due_providers_are_those_with_a_due_letter() -> None:
    assert due_providers(now=NOW) == []
    post("maya@gmail.com", "otto@example.net", "pilar@example.com")
    post("rui@yahoo.com", now=NOW + timedelta(hours=1))
    assert sorted(due_providers(now=NOW)) == ["google", "other"]
    assert sorted(due_providers(now=NOW + timedelta(hours=1))) == ["google", "other", "yahoo"]


def test_waiting_mail_says_how_much_and_how_long() -> None:
    assert waiting_mail(now=NOW) == Waiting(0, 0)
    post("maya@example.org", "otto@example.net")
    assert waiting_mail(now=NOW + timedelta(seconds=90)) == Waiting(2, 90)
    assert waiting_mail(now=NOW - timedelta(seconds=90)) == Waiting(2, 0)


def test_bounces_add_up_over_days_most_first() -> None:
    with db.transaction():
        record_bounces([Refused("gmail", "550")] * 2 + [Refused("other", "capped")], now=NOW - timedelta(days=1))
        record_bounces([Refused("gmail", "550")], now=NOW)
        record_bounces([Refused("gmail", "550")], now=NOW - timedelta(days=40))
    assert bounces(since=NOW.date() - timedelta(days=30)) == [
        BounceLine("gmail", "550", 3, NOW.date()),
        BounceLine("other", "capped", 1, NOW.date() - timedelta(days=1)),
    ]
