"""outbox.domain.claim: each letter to one worker, opened, and within the caps."""

import sys
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from tests.factories.outbox import NOW, post
from tocsin.outbox.caps import cap_key
from tocsin.outbox.domain import Claimed, claim, give_back, remove_sent, stop_mails
from tocsin.outbox.keys import day_of, destroy, path_of
from tocsin.outbox.models import Bounce, Letter, MailCap
from tocsin.outbox.states import Reason

pytestmark = pytest.mark.django_db(transaction=True)
LEASE = 20


CLAIM = sys.modules["tocsin.outbox.domain.claim"]  # the package gives the verb the module's name


def _die(*_addresses: object, **_now: object) -> None:
    raise InterruptedError


def take(provider: str = "other", limit: int = 50, **later: float) -> Claimed:
    return claim(provider=provider, limit=limit, lease_seconds=LEASE, now=NOW + timedelta(**later))


def recipients(claimed: Claimed) -> list[str]:
    return [letter.content["to"] for letter in claimed.letters]


def bounces() -> list[tuple[str, str, int]]:
    return sorted(Bounce.objects.values_list("provider", "answer", "letters"))


def test_a_claim_opens_letters_and_holds_them_until_the_lease_ends() -> None:
    post("maya@example.org", "otto@example.net")
    claimed = take()
    assert recipients(claimed) == ["maya@example.org", "otto@example.net"]
    assert claimed.lease_end == int(NOW.timestamp()) + LEASE
    assert take().letters == []
    assert recipients(take(seconds=LEASE)) == ["maya@example.org", "otto@example.net"]


def test_a_claim_takes_one_provider_and_no_more_than_it_was_asked_for() -> None:
    post("maya@gmail.com", "otto@example.net", "pilar@example.com", "rui@example.org")
    assert recipients(take("google")) == ["maya@gmail.com"]
    assert len(take(limit=2).letters) == 2


def test_what_is_due_later_waits() -> None:
    post("maya@example.org", now=NOW + timedelta(hours=1))
    assert take().letters == []
    assert len(take(hours=1).letters) == 1


def test_workers_that_claim_at_once_share_the_letters_out() -> None:
    post(*(f"maya{n}@example.org" for n in range(40)))
    claimed: list[str] = []
    start = Barrier(4)

    def work() -> None:
        start.wait()
        try:
            while found := recipients(take(limit=3)):
                claimed.extend(found)
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # On PostgreSQL a worker that found only letters being claimed ends early; the rest stay due.
    claimed += recipients(take())
    assert sorted(claimed) == sorted(f"maya{n}@example.org" for n in range(40))


def test_the_sixth_mail_to_an_address_in_a_day_is_dropped_and_counted() -> None:
    post(*["maya@example.org"] * 6, "otto@example.net")
    claimed = take()
    assert recipients(claimed) == ["maya@example.org"] * 3 + ["otto@example.net"]
    assert (claimed.put_off, claimed.dropped) == (2, [Reason.CAPPED])
    assert bounces() == [("other", "capped", 1)]
    assert Letter.objects.count() == 6


def test_a_thousand_letters_to_one_mailbox_under_many_spellings_become_three_mails() -> None:
    post(*(f"victim+{n}@gmail.com" for n in range(1000)), *("Vic.Tim@googlemail.com" for _ in range(10)))
    claims = [take("google", limit=200) for _ in range(6)]
    assert sum(len(claimed.letters) for claimed in claims) == 3
    assert sum(claimed.put_off for claimed in claims) == 2
    assert sum(len(claimed.dropped) for claimed in claims) == 1005


def test_five_mails_in_30_days() -> None:
    sent = 0
    for day in range(30):
        post("maya@example.org", now=NOW + timedelta(days=day))
        letters = take(days=day).letters
        remove_sent([letter.id for letter in letters])
        sent += len(letters)
    assert sent == 5


def test_an_address_that_asked_for_no_mails_gets_none() -> None:
    assert stop_mails(address="Maya@Example.org")
    post("maya@example.org")
    assert take().dropped == [Reason.NEVER_WRITE]
    assert bounces() == [("other", "never write", 1)]
    assert not Letter.objects.exists()


def test_a_letter_that_comes_again_is_not_counted_again() -> None:
    (letter,) = post("maya@example.org")
    for _ in range(10):
        claimed = take()
        assert recipients(claimed) == ["maya@example.org"]
        give_back([(letter, claimed.letters[0].attempts)], lease_end=claimed.lease_end, seconds=0, now=NOW)
    assert len(bytes(MailCap.objects.get().sent_at)) == 4


def test_a_worker_that_dies_before_the_caps_have_counted_has_claimed_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    post("maya@example.org")
    with monkeypatch.context() as dying:
        dying.setattr(CLAIM, "count_mails", _die)
        with pytest.raises(InterruptedError):
            take()
    assert len(Letter.objects.filter(attempts=0, due_at=int(NOW.timestamp()))) == 1
    (letter,) = take().letters
    assert letter.attempts == 1
    assert len(bytes(MailCap.objects.get().sent_at)) == 4


def test_a_letter_that_somebody_else_claimed_while_we_opened_it_is_left_to_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost, _ = post("maya@example.org", "otto@example.net")

    def open_slowly(address: str) -> bytes | None:
        Letter.objects.filter(id=lost).update(due_at=int(NOW.timestamp()) + 2 * LEASE)
        return cap_key(address)

    monkeypatch.setattr(CLAIM, "cap_key", open_slowly)
    assert recipients(take()) == ["otto@example.net"]
    assert Letter.objects.get(id=lost).attempts == 0


def test_letters_whose_key_cannot_be_read_wait_and_hold_up_no_others() -> None:
    held_up = post("maya@example.org", "otto@example.net", now=NOW - timedelta(days=1))
    path_of(day_of(NOW) - 1).write_bytes(b"")
    post("pilar@example.com")
    nothing = take(limit=2)
    assert (recipients(nothing), nothing.found) == ([], 2), "a full batch: there may be more behind it"
    assert recipients(take(limit=2)) == ["pilar@example.com"]
    assert set(Letter.objects.filter(id__in=held_up).values_list("attempts", "due_at")) == {
        (0, int(NOW.timestamp()) + LEASE)
    }


@pytest.mark.any_database
def test_letters_are_opened_before_the_turn_that_all_who_sign_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    post("maya@example.org")
    seen: list[bool] = []

    def look(address: str) -> bytes | None:
        seen.append(connection.in_atomic_block)
        return cap_key(address)

    monkeypatch.setattr(CLAIM, "cap_key", look)
    assert recipients(take()) == ["maya@example.org"]
    assert seen == [False]


def test_letters_that_cannot_be_opened_are_dropped_and_counted() -> None:
    post("maya@example.org", now=NOW - timedelta(days=1))
    destroy(day_of(NOW) - 1)
    (broken,) = post("otto@example.net")
    Letter.objects.filter(id=broken).update(kind="other")
    post("pilar@example.com")
    claimed = take()
    assert recipients(claimed) == ["pilar@example.com"]
    assert bounces() == [("other", "broken", 1), ("other", "key gone", 1)]


def test_a_letter_to_no_address_is_dropped() -> None:
    post("maya@", "maya@example.org\r\nBcc: all@example.org")
    assert take().dropped == [Reason.NO_ADDRESS, Reason.NO_ADDRESS]
    assert not Letter.objects.exists()


def test_no_cap_row_holds_an_address() -> None:
    post("maya@example.org")
    take()
    row = MailCap.objects.get()
    assert len(bytes(row.address)) == 32
    assert b"maya" not in bytes(row.address)
