"""rallies.domain.remind and tell: each who comes hears of it once, at an hour at which people are awake."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from tests.cast import MAYA, OTTO, PILAR
from tests.factories.coming import ask, come, date_of_a_rally, mails, people, told, words
from tests.factories.rallies import NOW
from tocsin import db
from tocsin.outbox import domain as outbox
from tocsin.rallies.domain.give_up import give_up
from tocsin.rallies.domain.remind import remind
from tocsin.rallies.domain.tell import News, tell_coming
from tocsin.rallies.hosts import PrivatePlace, seal_place
from tocsin.rallies.models import Occurrence, Rally, Rsvp
from tocsin.rallies.reminders import Reminder, reminders_of
from tocsin.rallies.states import DateState, State

pytestmark = pytest.mark.django_db(transaction=True)

# The rally is at noon of 6 June in Kassel: 10:00 UTC.
DAY_BEFORE = datetime(2026, 6, 5, 15, 0, tzinfo=UTC)
MORNING = datetime(2026, 6, 6, 6, 0, tzinfo=UTC)
LEAST = timedelta(seconds=1)


def kinds() -> list[str]:
    """Return which mails Maya got after "please confirm" and "you are coming"."""
    return [letter.mail for letter in told(MAYA)][2:]


def private(date_: Occurrence) -> Occurrence:
    """Give a rally a private address."""
    sealed = seal_place(date_.rally_id, PrivatePlace("The old mill", "Mühlweg 3"))
    Rally.objects.filter(pk=date_.rally_id).update(is_address_private=True, place="", address="", sealed_place=sealed)
    return Occurrence.objects.select_related("rally__campaign").get(pk=date_.pk)


def test_the_evening_before_and_on_the_morning_by_the_clock_of_the_place() -> None:
    come(date_of_a_rally())
    for moment, expected in (
        (DAY_BEFORE - LEAST, []),
        (DAY_BEFORE, ["tomorrow"]),
        (MORNING - LEAST, ["tomorrow"]),
        (MORNING, ["tomorrow", "today"]),
        (MORNING + timedelta(hours=1), ["tomorrow", "today"]),
    ):
        remind(now=moment)
        assert kinds() == expected, moment


@pytest.mark.parametrize(
    "wall_time, expected",
    [
        (time(18, 30), [Reminder.TOMORROW, Reminder.TODAY]),
        (time(10, 0), [Reminder.TOMORROW, Reminder.TODAY]),
        (time(8, 0), [Reminder.TOMORROW]),
        (time(0, 30), [Reminder.TOMORROW]),
    ],
)
def test_nobody_is_woken(wall_time: time, expected: list[Reminder]) -> None:
    date_ = date_of_a_rally(wall_time=wall_time)
    due = list(reminders_of(date_.rally, date_))
    assert [one.reminder for one in due] == expected
    for one in due:
        assert 6 <= one.since.hour <= 17
        assert one.since < one.until <= date_.starts_at


def test_the_hour_is_right_over_a_change_of_clocks() -> None:
    """Clocks go back on 25 October 2026 in Berlin: the reminder of the day before is still at five."""
    date_ = date_of_a_rally(first_on=date(2026, 10, 25))
    moments = {one.reminder: one.since.astimezone(UTC) for one in reminders_of(date_.rally, date_)}
    assert moments == {
        Reminder.TOMORROW: datetime(2026, 10, 24, 15, 0, tzinfo=UTC),
        Reminder.TODAY: datetime(2026, 10, 25, 7, 0, tzinfo=UTC),
    }


def test_a_reminder_that_is_late_is_not_sent_at_night() -> None:
    come(date_of_a_rally())
    remind(now=DAY_BEFORE + timedelta(hours=5))
    assert kinds() == []


def test_who_waits_gave_up_or_never_confirmed_is_not_reminded() -> None:
    date_ = date_of_a_rally(capacity=1)
    token = come(date_, MAYA)
    come(date_, OTTO)
    ask(date_, PILAR)
    remind(now=DAY_BEFORE)
    assert [letter.to for letter in told() if letter.mail == "tomorrow"] == [MAYA.address]
    give_up(token=token, now=DAY_BEFORE)
    remind(now=MORNING)
    assert [letter.to for letter in told() if letter.mail == "today"] == [OTTO.address]


def test_what_is_cancelled_postponed_ended_or_refused_reminds_nobody() -> None:
    for change in ({"state": DateState.CANCELLED}, {"state": DateState.POSTPONED}):
        date_ = date_of_a_rally()
        come(date_)
        Occurrence.objects.filter(pk=date_.pk).update(**change)
    for state in (State.ENDED, State.REFUSED, State.MERGED):
        date_ = date_of_a_rally()
        come(date_)
        Rally.objects.filter(pk=date_.rally_id).update(state=state)
    assert remind(now=DAY_BEFORE) == 0


def test_who_confirms_after_the_reminder_is_not_reminded_at_once() -> None:
    date_ = date_of_a_rally()
    come(date_, now=DAY_BEFORE + timedelta(minutes=5))
    remind(now=DAY_BEFORE + timedelta(minutes=6))
    assert kinds() == []
    remind(now=MORNING)
    assert kinds() == ["today"]


def test_each_once_even_when_two_workers_remind_at_once() -> None:
    date_ = date_of_a_rally()
    for person in people(30):
        come(date_, person)
    barrier = Barrier(3)

    def work() -> None:
        barrier.wait()
        try:
            remind(now=DAY_BEFORE)
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reminded = [letter.to for letter in told() if letter.mail == "tomorrow"]
    assert sorted(reminded) == sorted(person.address for person in people(30))


def test_a_worker_that_dies_before_its_commit_has_reminded_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    come(date_of_a_rally())

    def die(rows: Iterator[object]) -> None:
        list(rows)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "post", die)
        with pytest.raises(KeyboardInterrupt):
            remind(now=DAY_BEFORE)
    assert Rsvp.objects.get().reminded == 0
    remind(now=DAY_BEFORE)
    assert kinds() == ["tomorrow"]


def test_the_private_address_comes_when_its_time_has_come_and_to_who_comes_alone() -> None:
    date_ = private(date_of_a_rally(capacity=1))
    come(date_, MAYA)
    come(date_, OTTO)
    assert not any("Mühlweg" in str(letter) for letter in told())
    early = date_.starts_at - timedelta(hours=24)
    remind(now=early - LEAST)
    assert kinds() == []
    remind(now=early)
    remind(now=early)
    assert kinds() == ["exact_address"]
    letter = told(MAYA)[-1]
    assert letter.texts["exact"] == "The old mill, Mühlweg 3, Kassel"
    assert "Mühlweg 3" in letter.calendar
    assert not any("Mühlweg" in str(letter) for letter in told(OTTO))


def test_who_confirms_after_that_reads_the_address_at_once() -> None:
    date_ = private(date_of_a_rally())
    come(date_, now=date_.starts_at - timedelta(hours=3))
    assert told(MAYA)[-1].texts["exact"] == "The old mill, Mühlweg 3, Kassel"
    assert remind(now=date_.starts_at - timedelta(hours=2)) == 0


@pytest.mark.parametrize("news", list(News))
def test_whatever_becomes_of_a_date_is_told_to_who_comes_and_who_waits(news: News) -> None:
    date_ = date_of_a_rally(capacity=1)
    come(date_, MAYA)
    come(date_, OTTO)
    ask(date_, PILAR)
    Occurrence.objects.filter(pk=date_.pk).update(note="The hall is closed.\nWe look for another.")
    with db.transaction():
        assert tell_coming(occurrences=[date_], what=news, now=NOW) == 2
    last = told()[-2:]
    assert {letter.to for letter in last} == {MAYA.address, OTTO.address}
    assert {letter.mail for letter in last} == {news.value.name}
    mail = mails(MAYA)[-1]
    assert "text/calendar" in mail
    assert "The hall is closed." in mail


def test_a_date_that_moved_reminds_again() -> None:
    date_ = private(date_of_a_rally())
    come(date_)
    remind(now=DAY_BEFORE)
    assert kinds() == ["tomorrow", "exact_address"]
    week = timedelta(days=7)
    Occurrence.objects.update(starts_at=date_.starts_at + week, ends_at=date_.ends_at + week, held_on=date(2026, 6, 13))
    with db.transaction():
        tell_coming(occurrences=[date_], what=News.CHANGED, now=DAY_BEFORE)
    remind(now=DAY_BEFORE + timedelta(days=1))
    assert kinds() == ["tomorrow", "exact_address", "date_changed"]
    remind(now=DAY_BEFORE + week)
    assert kinds()[3:] == ["tomorrow", "exact_address"]


def test_what_is_over_tells_nobody() -> None:
    date_ = date_of_a_rally()
    come(date_)
    with db.transaction():
        assert tell_coming(occurrences=[date_], what=News.CANCELLED, now=date_.ends_at) == 0


def test_the_mails_say_when_where_and_how_to_leave() -> None:
    come(date_of_a_rally(), guests=2)
    remind(now=DAY_BEFORE)
    confirm, coming, tomorrow = mails(MAYA)
    link = told(MAYA)[1].values["link"]
    assert "/m/" in confirm.partition("List-Unsubscribe:")[2].partition("\r\n")[0]
    for mail in (coming, tomorrow):
        assert f"List-Unsubscribe: <{link}/give-up>" in mail
        assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail
        assert "Saturday, June 6, 2026" in words(mail)
        assert "Places kept for you and those you bring: 3" in words(mail)
        assert f"{link}/give-up" in words(mail)
    assert "text/calendar; charset=utf-8; method=PUBLISH" in coming
    assert "text/calendar" not in tomorrow


def test_three_cost_as_many_questions_as_one() -> None:
    def questions(count: int) -> tuple[int, int]:
        date_ = date_of_a_rally()
        for person in people(count):
            come(date_, person)
        with CaptureQueriesContext(connection) as telling, db.transaction():
            assert tell_coming(occurrences=[date_], what=News.CHANGED, now=NOW) == count
        with CaptureQueriesContext(connection) as reminding:
            assert remind(now=DAY_BEFORE) == count
        Occurrence.objects.all().delete()
        return len(telling), len(reminding)

    assert questions(1) == questions(3)
