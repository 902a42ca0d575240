"""rallies.domain.confirm_rsvp and what it leans on: nobody is counted without the button, and nobody twice."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections

from tests.cast import MAYA, OTTO
from tests.factories.coming import ask, come, date_of_a_rally, people, told
from tests.factories.rallies import NOW, rally
from tocsin.outbox.domain import claim, remove_sent
from tocsin.outbox.states import Reason
from tocsin.rallies import keys
from tocsin.rallies.domain.change_rsvp import Changed, change_rsvp
from tocsin.rallies.domain.confirm_rsvp import Confirmed, confirm_rsvp
from tocsin.rallies.domain.give_up import give_up
from tocsin.rallies.models import Occurrence, Rally, Rsvp
from tocsin.rallies.queries.coming import own_rsvp_of
from tocsin.rallies.states import DateState, RsvpState, State
from tocsin.seal.tokens import new_token, to_text

pytestmark = pytest.mark.django_db(transaction=True)


def counts(occurrence: Occurrence) -> tuple[int, int]:
    occurrence.refresh_from_db()
    return occurrence.coming, occurrence.waiting


def sent(now: datetime) -> list[str]:
    """Send what is due; return the tokens in the links."""
    letters = claim(provider="other", limit=9, lease_seconds=20, now=now).letters
    remove_sent([letter.id for letter in letters])
    return [str(letter.content["values"]["link"]).rpartition("/")[2] for letter in letters]


def test_who_asked_is_counted_with_the_button_alone() -> None:
    date = date_of_a_rally()
    token = ask(date, guests=2)
    assert counts(date) == (0, 0)
    assert confirm_rsvp(token=token, now=NOW) is Confirmed.COMING
    assert counts(date) == (3, 0)
    assert [letter.mail for letter in told(MAYA)] == ["confirm_rsvp", "coming"]


def test_the_mail_of_a_fourth_date_of_one_day_comes_the_next_day_and_its_button_works() -> None:
    dates = [date_of_a_rally() for _ in range(4)]
    tokens = [ask(date) for date in dates]
    assert sent(now=NOW) == [to_text(token) for token in tokens[:3]]
    tomorrow = NOW + timedelta(hours=26)
    assert sent(now=tomorrow) == [to_text(tokens[3])]
    assert confirm_rsvp(token=tokens[3], now=tomorrow) is Confirmed.COMING


def test_the_mail_of_a_date_that_is_over_tomorrow_is_not_put_off() -> None:
    for _ in range(3):
        ask(date_of_a_rally())
    date = date_of_a_rally()
    early = date.ends_at - timedelta(hours=24)
    assert len(sent(now=early)) == 3
    ask(date, now=early)
    claimed = claim(provider="other", limit=9, lease_seconds=20, now=early)
    assert (claimed.put_off, claimed.dropped) == (0, [Reason.CAPPED])


def test_no_mail_is_put_off_to_after_the_day_on_which_its_rsvp_is_forgotten() -> None:
    day = timedelta(days=1)
    ask(date_of_a_rally())
    late = NOW.replace(hour=23) + 2 * day  # nobody sent mail for so long
    for _ in range(3):
        ask(date_of_a_rally(), OTTO, now=late)
    assert len(sent(now=late)) == 4
    ask(date_of_a_rally(), OTTO, now=NOW)
    claimed = claim(provider="other", limit=9, lease_seconds=20, now=late)
    assert (claimed.put_off, claimed.dropped) == (0, [Reason.CAPPED])


def test_pressing_again_changes_nothing() -> None:
    date = date_of_a_rally()
    token = come(date)
    assert confirm_rsvp(token=token, now=NOW) is Confirmed.COMING
    assert counts(date) == (1, 0)
    assert len(told(MAYA)) == 2


def test_nothing_that_names_anybody_lies_in_the_row() -> None:
    come(date_of_a_rally(), needs="A ramp, please")
    row = Rsvp.objects.values().get()
    for value in row.values():
        for secret in (MAYA.name, MAYA.address, "ramp"):
            assert secret not in str(value)
            assert secret.encode() not in (bytes(value) if isinstance(value, bytes | memoryview) else b"")


def test_a_second_rsvp_of_a_mailbox_changes_the_first_and_both_links_work() -> None:
    date = date_of_a_rally()
    first = come(date, guests=1)
    second = ask(date, guests=3, needs="A seat")
    assert confirm_rsvp(token=second, now=NOW) is Confirmed.COMING
    assert counts(date) == (4, 0)
    assert confirm_rsvp(token=first, now=NOW) is Confirmed.COMING
    assert confirm_rsvp(token=second, now=NOW) is Confirmed.COMING
    alive = Rsvp.objects.get(state=RsvpState.COMING)
    assert keys.unseal(date.rally_id, "rsvp", bytes(alive.sealed))["needs"] == "A seat"
    assert bytes(Rsvp.objects.get(state=RsvpState.GONE).sealed) == b""


def test_spellings_that_are_one_mailbox_for_certain_have_one_place() -> None:
    date = date_of_a_rally()
    for address in ("maya@example.org", "MAYA@Example.org", "maya.l@gmail.com", "mayal+rally@googlemail.com"):
        come(date, replace(MAYA, address=address))
    assert counts(date) == (2, 0)


@pytest.mark.parametrize("address", ["maya+evil@example.org", "ｍａｙａ@example.org"])
def test_the_link_of_a_neighbouring_address_neither_shows_nor_changes_anything_of_hers(address: str) -> None:
    date = date_of_a_rally()
    hers = come(date, guests=1, needs="A ramp, please")
    before = own_rsvp_of(hers, now=NOW)
    evil = replace(MAYA, name="Quinn", address=address)
    token = ask(date, evil)
    opened = own_rsvp_of(token, now=NOW)
    assert opened is not None
    assert opened.reader is not None
    assert (opened.state, opened.reader.email, opened.reader.needs) == (RsvpState.ASKED, address, "")

    assert confirm_rsvp(token=token, now=NOW) is Confirmed.COMING
    assert counts(date) == (3, 0)
    assert change_rsvp(token=token, guests=0, duty="", needs="", now=NOW) is Changed.CHANGED
    assert give_up(token=token, now=NOW)
    after = own_rsvp_of(hers, now=NOW)
    assert before is not None
    assert after is not None
    assert (after.reader, after.row.guests) == (before.reader, 1)
    assert counts(date) == (2, 0)


def test_the_same_mailbox_comes_to_each_date_of_a_series() -> None:
    dates = list(rally(repeat="FREQ=WEEKLY;COUNT=2").occurrences.select_related("rally__campaign"))
    for date in dates:
        come(date)
    assert [counts(date) for date in dates] == [(1, 0), (1, 0)]


def test_an_unknown_link_and_one_that_waited_for_days_are_nothing() -> None:
    token = ask(date_of_a_rally())
    assert confirm_rsvp(token=new_token(), now=NOW) is Confirmed.UNKNOWN
    assert confirm_rsvp(token=token, now=NOW + timedelta(days=4)) is Confirmed.UNKNOWN


def test_nobody_comes_to_what_is_not_held() -> None:
    for change in ({"state": DateState.CANCELLED}, {"state": DateState.POSTPONED}, {"ends_at": NOW, "starts_at": NOW}):
        date = date_of_a_rally()
        token = ask(date)
        Occurrence.objects.filter(pk=date.pk).update(**change)
        assert confirm_rsvp(token=token, now=NOW) is Confirmed.OVER
        assert counts(date) == (0, 0)
    date = date_of_a_rally()
    token = ask(date, OTTO)
    Rally.objects.filter(pk=date.rally_id).update(state=State.REFUSED)
    assert confirm_rsvp(token=token, now=NOW) is Confirmed.OVER


def test_past_the_last_place_people_wait_in_line() -> None:
    date = date_of_a_rally(capacity=3)
    first, second, third = people(3)
    come(date, first, guests=1)
    come(date, second, guests=1)
    come(date, third)
    assert counts(date) == (2, 3), "nobody gets past who waits for more room"
    assert [letter.mail for letter in told(second)] == ["confirm_rsvp", "waiting"]


def test_a_hundred_at_once_never_overbook() -> None:
    date = date_of_a_rally(capacity=40)
    tokens = [ask(date, person) for person in people(100)]
    barrier = Barrier(10)
    results: list[Confirmed] = []

    def press(some: list[bytes]) -> None:
        barrier.wait()
        try:
            results.extend(confirm_rsvp(token=token, now=NOW) for token in some)
        finally:
            connections.close_all()

    threads = [Thread(target=press, args=(tokens[at::10],)) for at in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (results.count(Confirmed.COMING), results.count(Confirmed.WAITING)) == (40, 60)
    assert counts(date) == (40, 60)
    assert Rsvp.objects.filter(occurrence=date, state=RsvpState.COMING).count() == 40
    places = Rsvp.objects.filter(state=RsvpState.WAITING).values_list("place_in_line", flat=True)
    assert len(set(places)) == 60


def test_one_mailbox_that_presses_both_its_buttons_at_once_has_one_place() -> None:
    date = date_of_a_rally()
    tokens = [ask(date) for _ in range(6)]
    barrier = Barrier(len(tokens))

    def press(token: bytes) -> None:
        barrier.wait()
        try:
            confirm_rsvp(token=token, now=NOW)
        finally:
            connections.close_all()

    threads = [Thread(target=press, args=(token,)) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts(date) == (1, 0)
