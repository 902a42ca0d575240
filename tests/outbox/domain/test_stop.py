"""outbox.domain.stop: asked once, in any spelling, for ever."""

import pytest

from tests.factories.outbox import NOW
from tocsin import db
from tocsin.outbox.caps import cap_key
from tocsin.outbox.domain import stop_mails, stop_mails_by_key
from tocsin.outbox.domain.count_mails import Addressed, Verdict, count_mails
from tocsin.outbox.states import Reason

pytestmark = pytest.mark.django_db(transaction=True)


def verdict(address: str) -> Verdict:
    key = cap_key(address)
    assert key is not None
    with db.transaction():
        return count_mails([Addressed(key)], now=NOW)[0]


def test_stopping_holds_for_every_spelling_and_twice_is_fine() -> None:
    assert verdict("maya@gmail.com") is None
    assert stop_mails(address="Ma.ya+petitions@googlemail.com")
    assert stop_mails(address="maya@gmail.com")
    assert verdict("maya@gmail.com") is Reason.NEVER_WRITE
    assert verdict("otto@gmail.com") is None


def test_stopping_by_key_is_for_those_who_know_no_more() -> None:
    key = cap_key("maya@example.org")
    assert key is not None
    stop_mails_by_key(key=key)
    assert verdict("maya@example.org") is Reason.NEVER_WRITE


def test_no_address_cannot_be_stopped() -> None:
    assert not stop_mails(address="maya")
