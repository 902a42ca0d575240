"""rallies.domain.promote, give_up and change_rsvp: places that become free go to those who wait, in their order."""

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections

from tests.cast import MAYA, OTTO
from tests.factories.coming import ask, come, date_of_a_rally, people, told
from tests.factories.rallies import NOW
from tocsin import db
from tocsin.rallies import keys
from tocsin.rallies.details import details_of
from tocsin.rallies.domain.change_rsvp import Changed, change_rsvp
from tocsin.rallies.domain.confirm_rsvp import Confirmed, confirm_rsvp
from tocsin.rallies.domain.give_up import give_up
from tocsin.rallies.domain.tell import News, tell_coming
from tocsin.rallies.domain.writing import change_rally
from tocsin.rallies.models import Occurrence, Rally, Rsvp
from tocsin.rallies.states import DateState, RsvpState
from tocsin.seal.tokens import new_token

pytestmark = pytest.mark.django_db(transaction=True)


def counts(occurrence: Occurrence) -> tuple[int, int]:
    occurrence.refresh_from_db()
    return occurrence.coming, occurrence.waiting


def who_has_a_place() -> list[str]:
    """Return those who were told that there is a place for them now, in the order of their mails."""
    return [letter.to for letter in told() if letter.mail == "promoted"]


def change(token: bytes, guests: int, *, duty: str = "", needs: str = "") -> Changed:
    return change_rsvp(token=token, guests=guests, duty=duty, needs=needs, now=NOW)


def test_who_gives_up_makes_room_for_who_waited_longest() -> None:
    date = date_of_a_rally(capacity=2)
    first, second, third, fourth = people(4)
    token = come(date, first)
    come(date, second)
    come(date, third)
    come(date, fourth)
    assert give_up(token=token, now=NOW)
    assert who_has_a_place() == [third.address]
    assert counts(date) == (2, 1)
    assert give_up(token=token, now=NOW), "a second time changes nothing"
    assert counts(date) == (2, 1)


def test_where_a_key_was_lost_nobody_is_told_and_nothing_breaks() -> None:
    date = date_of_a_rally(capacity=1)
    token, _ = (come(date, person) for person in people(2))
    keys.destroy(date.rally_id)
    assert give_up(token=token, now=NOW)
    assert (who_has_a_place(), counts(date)) == ([], (1, 0))


def test_what_was_sealed_of_who_gave_up_is_erased() -> None:
    date = date_of_a_rally()
    token = come(date, duty="marshal", guests=2)
    give_up(token=token, now=NOW)
    row = Rsvp.objects.get()
    assert (row.state, bytes(row.sealed), row.guests, row.duty) == (RsvpState.GONE, b"", 0, "")
    assert counts(date) == (0, 0)


def test_who_never_confirmed_can_give_up_too_and_confirms_no_more() -> None:
    date = date_of_a_rally()
    token = ask(date)
    assert give_up(token=token, now=NOW)
    assert confirm_rsvp(token=token, now=NOW) is Confirmed.GIVEN_UP
    assert counts(date) == (0, 0)
    assert not give_up(token=new_token(), now=NOW)


def test_who_gave_up_can_come_again_at_the_end_of_the_line() -> None:
    date = date_of_a_rally(capacity=1)
    token = come(date, MAYA)
    come(date, OTTO)
    give_up(token=token, now=NOW)
    again = come(date, MAYA)
    assert counts(date) == (1, 1)
    assert confirm_rsvp(token=token, now=NOW) is Confirmed.WAITING, "the old link leads to the new RSVP"
    assert confirm_rsvp(token=again, now=NOW) is Confirmed.WAITING


def test_a_party_waits_for_its_room_and_one_that_never_fits_holds_up_nobody() -> None:
    date = date_of_a_rally(capacity=3)
    first, second, family, single, bus = people(5)
    tokens = [come(date, first, guests=1), come(date, second)]
    come(date, bus, guests=9)
    come(date, family, guests=1)
    come(date, single)
    give_up(token=tokens[1], now=NOW)
    assert who_has_a_place() == [], "one place is free, and two come first"
    give_up(token=tokens[0], now=NOW)
    assert who_has_a_place() == [family.address, single.address]
    assert counts(date) == (3, 10)


def test_a_party_that_never_fits_keeps_nobody_from_bringing_one_more() -> None:
    date = date_of_a_rally(capacity=3)
    first, bus, pair = people(3)
    token = come(date, first)
    come(date, bus, guests=3)
    assert change(token, 1) is Changed.CHANGED
    come(date, pair, guests=1)
    assert change(token, 2) is Changed.NO_ROOM
    assert counts(date) == (2, 6)


def test_fewer_guests_make_room_and_more_need_some() -> None:
    date = date_of_a_rally(capacity=4)
    first, second = people(2)
    token = come(date, first, guests=2)
    assert change(token, 3) is Changed.CHANGED
    come(date, second)
    assert change(token, 4) is Changed.NO_ROOM
    assert counts(date) == (4, 1)
    assert change(token, 2, duty="first-aid", needs="Shade") is Changed.CHANGED
    assert counts(date) == (4, 0)
    row = Rsvp.objects.get(state=RsvpState.COMING, guests=2)
    assert row.duty == "first-aid"
    assert keys.unseal(date.rally_id, "rsvp", bytes(row.sealed))["needs"] == "Shade"


def test_what_else_was_changed_stays_when_there_is_no_room() -> None:
    date = date_of_a_rally(capacity=1)
    token = come(date)
    assert change(token, 5, duty="marshal") is Changed.NO_ROOM
    row = Rsvp.objects.get()
    assert (row.guests, row.duty) == (0, "marshal")
    assert change(new_token(), 0) is Changed.UNKNOWN


def test_nothing_is_changed_of_what_is_over() -> None:
    date = date_of_a_rally()
    token = come(date)
    assert change_rsvp(token=token, guests=3, duty="", needs="", now=NOW + timedelta(days=90)) is Changed.OVER
    assert counts(date) == (1, 0)


def test_more_places_promote_and_fewer_throw_nobody_out() -> None:
    date = date_of_a_rally(capacity=2)
    for person in people(5):
        come(date, person)
    rally = Rally.objects.select_related("campaign").get()
    for capacity, expected in ((4, (4, 1)), (1, (4, 1)), (None, (5, 0))):
        with db.transaction():
            change_rally(rally=rally, details=replace(details_of(rally), capacity=capacity), now=NOW)
        assert counts(date) == expected


def test_nobody_is_promoted_to_what_is_not_held() -> None:
    date = date_of_a_rally(capacity=1)
    first, second = people(2)
    token = come(date, first)
    come(date, second)
    Occurrence.objects.filter(pk=date.pk).update(state=DateState.CANCELLED)
    give_up(token=token, now=NOW)
    assert counts(date) == (0, 1)
    Occurrence.objects.filter(pk=date.pk).update(state=DateState.STANDS)
    with db.transaction():
        tell_coming(occurrences=[date], what=News.REOPENED, now=NOW)
    assert counts(date) == (1, 0)
    assert [letter.mail for letter in told(second)] == ["confirm_rsvp", "waiting", "date_reopened", "promoted"]


def test_many_who_give_up_and_confirm_at_once_leave_the_sums_right() -> None:
    date = date_of_a_rally(capacity=10)
    guests = people(40)
    here = [come(date, person, guests=at % 2) for at, person in enumerate(guests[:20])]
    fresh = [ask(date, person, guests=at % 3) for at, person in enumerate(guests[20:])]
    barrier = Barrier(8)

    def act(at: int) -> None:
        barrier.wait()
        try:
            for place in range(at, 20, 8):
                give_up(token=here[place], now=NOW)
                confirm_rsvp(token=fresh[place], now=NOW)
        finally:
            connections.close_all()

    threads = [Thread(target=act, args=(at,)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    coming, waiting = counts(date)
    rows = Rsvp.objects.filter(occurrence=date)
    assert coming == sum(1 + row.guests for row in rows.filter(state=RsvpState.COMING))
    assert waiting == sum(1 + row.guests for row in rows.filter(state=RsvpState.WAITING))
    assert 8 <= coming <= 10
