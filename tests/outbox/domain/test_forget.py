"""outbox.domain.forget: an address is forgotten 30 days after its last mail, unless it asked for none."""

from datetime import timedelta

import pytest

from tests.factories.outbox import NOW
from tocsin import db
from tocsin.outbox.caps import cap_key
from tocsin.outbox.domain import forget, forget_caps, stop_mails
from tocsin.outbox.domain.count_mails import Addressed, count_mails
from tocsin.outbox.models import MailCap

pytestmark = pytest.mark.django_db(transaction=True)


def key(address: str) -> bytes:
    found = cap_key(address)
    assert found is not None
    return found


def mailed(*addresses: str, days_ago: float) -> None:
    with db.transaction():
        count_mails([Addressed(key(address)) for address in addresses], now=NOW - timedelta(days=days_ago))


def known() -> set[bytes]:
    return {bytes(row.address) for row in MailCap.objects.all()}


def test_who_was_not_written_to_for_30_days_is_forgotten() -> None:
    mailed("maya@example.org", "otto@example.org", days_ago=31)
    mailed("otto@example.org", "rui@example.org", days_ago=29.9)
    assert forget_caps(now=NOW) == 1
    assert known() == {key("otto@example.org"), key("rui@example.org")}


def test_who_asked_for_no_mails_is_not() -> None:
    mailed("maya@example.org", days_ago=400)
    stop_mails(address="maya@example.org")
    stop_mails(address="otto@example.org")
    assert forget_caps(now=NOW) == 0
    assert known() == {key("maya@example.org"), key("otto@example.org")}


def test_many_are_forgotten_in_several_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forget, "_ROWS_AT_ONCE", 4)
    mailed(*(f"maya{n}@example.org" for n in range(13)), days_ago=31)
    mailed(*(f"otto{n}@example.org" for n in range(13)), days_ago=1)
    assert forget_caps(now=NOW) == 13
    assert len(known()) == 13
