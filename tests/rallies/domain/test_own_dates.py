"""Cancelling, postponing, moving and reopening a date: it changes once, calendars see it, and who comes is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from tests.cast import MAYA, PILAR, RUI
from tests.factories.rallies import NOW, rally
from tests.rallies.domain.comers import comes, letters, told
from tocsin.outbox.models import Letter
from tocsin.rallies.domain.cancel import cancel_all, cancel_date
from tocsin.rallies.domain.move_date import Move, move_date
from tocsin.rallies.domain.postpone import postpone
from tocsin.rallies.domain.reopen import reopen
from tocsin.rallies.domain.tell import MOST_TOLD
from tocsin.rallies.domain.write_to_coming import Written, write_to_coming
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.refusals import Refusal, RefusedError
from tocsin.rallies.states import POSTPONED_DAYS, DateState, RsvpState, State

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def weekly() -> Rally:
    """Return a rally each Saturday for four weeks, Maya at its first date, Pilar waiting, Rui gone."""
    one = rally(repeat="FREQ=WEEKLY;COUNT=4", capacity=1)
    first = dates(one)[0]
    comes(first, MAYA)
    comes(first, PILAR, state=RsvpState.WAITING)
    comes(first, RUI, state=RsvpState.ASKED)
    comes(dates(one)[1], RUI)
    return one


def dates(of: Rally) -> list[Occurrence]:
    return list(of.occurrences.order_by("original_on"))


def first(of: Rally) -> Occurrence:
    return dates(of)[0]


def move(of: Rally, on: date = date(2026, 6, 7), **more: Any) -> bool:
    usual: dict[str, Any] = {"held_on": on, "wall_time": time(15), "minutes": 60}
    target = Move(**(usual | more))
    return move_date(rally=of, date=first(of).pk, move=target, now=NOW)


BOTH = [MAYA.address, PILAR.address]


def test_a_cancelled_date_says_why_and_who_comes_to_it_is_told_at_once(weekly: Rally) -> None:
    assert cancel_date(rally=weekly.pk, date=first(weekly).pk, note=" A storm\nis coming. ", now=NOW)
    assert (first(weekly).state, first(weekly).note) == (DateState.CANCELLED, "A storm is coming.")
    assert [one.state for one in dates(weekly)[1:]] == [DateState.STANDS] * 3
    posted = letters()
    assert sorted(str(one.content["to"]) for one in posted) == BOTH
    assert {one.content["texts"]["note"] for one in posted} == {"A storm is coming."}
    weekly.refresh_from_db()
    assert (weekly.sequence, weekly.changed_at, weekly.has_big_change) == (1, NOW, False)


def test_what_is_cancelled_already_changes_nothing_and_tells_nobody(weekly: Rally) -> None:
    cancel_date(rally=weekly.pk, date=first(weekly).pk, note="", now=NOW)
    letters()
    assert not cancel_date(rally=weekly.pk, date=first(weekly).pk, note="again", now=NOW)
    assert (told(), first(weekly).note) == ([], "")


def test_cancelling_all_leaves_what_is_over(weekly: Rally) -> None:
    after_first = first(weekly).ends_at
    assert cancel_all(rally=weekly.pk, note="It is resolved.", now=after_first) == 3
    assert [one.state for one in dates(weekly)] == [DateState.STANDS] + [DateState.CANCELLED] * 3
    assert told(after_first) == [("date_cancelled", RUI.address)]


def test_postponed_then_moved_it_stands_on_the_new_day_at_the_hour_of_the_place(weekly: Rally) -> None:
    assert postpone(rally=weekly.pk, date=first(weekly).pk, note="", now=NOW)
    assert not postpone(rally=weekly.pk, date=first(weekly).pk, note="", now=NOW)
    assert told() == [("date_postponed", address) for address in BOTH]
    assert move(weekly, place="The station", note="The square is taken.")
    moved = first(weekly)
    assert (moved.state, moved.place, moved.note) == (DateState.STANDS, "The station", "The square is taken.")
    assert (moved.original_on, moved.held_on) == (date(2026, 6, 6), date(2026, 6, 7))
    assert (moved.starts_at, moved.ends_at - moved.starts_at) == (
        datetime(2026, 6, 7, 13, 0, tzinfo=UTC),
        timedelta(hours=1),
    )
    assert told() == [("date_changed", address) for address in BOTH]
    weekly.refresh_from_db()
    assert weekly.has_big_change  # the desk approved another day


def test_a_cancelled_date_is_reopened_and_one_that_stands_is_not(weekly: Rally) -> None:
    assert not reopen(rally=weekly.pk, date=first(weekly).pk, note="", now=NOW)
    cancel_date(rally=weekly.pk, date=first(weekly).pk, note="", now=NOW)
    letters()
    assert reopen(rally=weekly.pk, date=first(weekly).pk, note="The storm went by.", now=NOW)
    assert first(weekly).state == DateState.STANDS
    assert told() == [("date_reopened", address) for address in BOTH]


def test_another_rallys_date_and_one_that_is_over_stay_as_they_are(weekly: Rally) -> None:
    other = rally()
    over = first(weekly).ends_at
    for verb in (cancel_date, postpone, reopen):
        assert not verb(rally=other.pk, date=first(weekly).pk, note="", now=NOW)
        assert not verb(rally=weekly.pk, date=first(weekly).pk, note="", now=over)
    target = Move(held_on=date(2026, 6, 20), wall_time=time(12), minutes=60)
    assert not move_date(rally=other, date=first(weekly).pk, move=target, now=NOW)
    assert (first(weekly).state, told()) == (DateState.STANDS, [])


@pytest.mark.parametrize("state", [State.ASKED, State.MERGED, State.REFUSED, State.ENDED])
def test_a_rally_that_is_not_live_takes_no_changes(weekly: Rally, state: State) -> None:
    Rally.objects.filter(pk=weekly.pk).update(state=state)
    assert not cancel_date(rally=weekly.pk, date=first(weekly).pk, note="", now=NOW)


def test_a_move_into_the_past_and_a_note_without_end_or_with_a_link_are_refused_whole(weekly: Rally) -> None:
    with pytest.raises(RefusedError) as past:
        move(weekly, on=date(2026, 4, 30))
    assert [(one.field, one.refusal) for one in past.value.refused] == [("date", Refusal.DATE_PAST)]
    for note, refusal in (("x" * 501, Refusal.TOO_LONG), ("Buy at www.example.com", Refusal.NOT_PLAIN)):
        for verb in (cancel_date, postpone, reopen):
            with pytest.raises(RefusedError) as refused:
                verb(rally=weekly.pk, date=first(weekly).pk, note=note, now=NOW)
            assert [(one.field, one.refusal) for one in refused.value.refused] == [("note", refusal)]
        with pytest.raises(RefusedError):
            cancel_all(rally=weekly.pk, note=note, now=NOW)
        with pytest.raises(RefusedError):
            move(weekly, note=note)
    assert (first(weekly).state, told()) == (DateState.STANDS, [])


def test_a_postponed_date_gets_its_new_day_after_the_old_one_as_long_as_its_people_are_kept_in_mind() -> None:
    one = rally()
    comes(first(one), MAYA)
    assert postpone(rally=one.pk, date=first(one).pk, note="", now=NOW)
    Letter.objects.all().delete()
    last_hour = first(one).ends_at + timedelta(days=POSTPONED_DAYS, hours=-1)
    late = Move(held_on=date(2026, 9, 12), wall_time=time(15), minutes=60)
    given: dict[str, Any] = {"rally": one.pk, "date": first(one).pk, "note": "", "now": last_hour}
    assert not reopen(**given), "its hour is over"
    assert not move_date(rally=one, date=first(one).pk, move=late, now=last_hour + timedelta(hours=1))
    with pytest.raises(RefusedError):
        move_date(rally=one, date=first(one).pk, move=replace(late, held_on=first(one).held_on), now=last_hour)
    words = "A day is still sought."
    assert write_to_coming(rally=one.pk, date=first(one).pk, words=words, now=last_hour) == Written(1)
    assert move_date(rally=one, date=first(one).pk, move=late, now=last_hour)
    assert (first(one).state, first(one).held_on) == (DateState.STANDS, date(2026, 9, 12))
    assert told(last_hour) == [("date_changed", MAYA.address), ("from_host", MAYA.address)]


@pytest.mark.parametrize("is_all", [False, True])
def test_a_postponed_date_is_called_off_after_its_old_day_and_who_waits_for_a_new_one_hears(*, is_all: bool) -> None:
    one = rally()
    comes(first(one), MAYA)
    comes(first(one), PILAR, state=RsvpState.WAITING)
    assert postpone(rally=one.pk, date=first(one).pk, note="", now=NOW)
    Letter.objects.all().delete()
    later = first(one).ends_at + timedelta(days=20)
    if is_all:
        assert cancel_all(rally=one.pk, note="", now=later) == 1
    else:
        assert cancel_date(rally=one.pk, date=first(one).pk, note="", now=later)
    assert first(one).state == DateState.CANCELLED
    assert told(later) == [("date_cancelled", address) for address in BOTH]


def test_a_rally_with_a_private_address_moves_to_no_public_one() -> None:
    one = rally(is_address_private=True)
    with pytest.raises(RefusedError):
        move(one, place="The old mill")
    assert move(one)


def test_a_host_who_turns_a_date_on_and_off_fills_nobodys_mailbox_and_can_still_cancel(weekly: Rally) -> None:
    date = first(weekly).pk
    given: dict[str, Any] = {"rally": weekly.pk, "date": date, "note": "", "now": NOW}
    for _ in range(MOST_TOLD // 2):
        assert cancel_date(**given)
        assert reopen(**given, by_host=True)
    assert len(told()) == 2 * MOST_TOLD  # Maya and Pilar
    target = Move(held_on=first(weekly).held_on, wall_time=time(20), minutes=60)
    for verb in (
        lambda: postpone(**given, by_host=True),
        lambda: move_date(rally=weekly, date=date, move=target, now=NOW, by_host=True),
    ):
        with pytest.raises(RefusedError) as refused:
            verb()
        assert [(one.field, one.refusal) for one in refused.value.refused] == [("note", Refusal.TOLD_ENOUGH)]
    assert cancel_date(**given)
    with pytest.raises(RefusedError):
        reopen(**given, by_host=True)
    assert (first(weekly).state, len(told())) == (DateState.CANCELLED, 2)


def test_what_is_told_of_one_date_holds_up_no_other_nor_the_next_day_nor_the_team(weekly: Rally) -> None:
    one, other = dates(weekly)[:2]
    Occurrence.objects.filter(pk=one.pk).update(told_on=NOW.date(), told_times=MOST_TOLD)
    assert postpone(rally=weekly.pk, date=other.pk, note="", now=NOW, by_host=True)
    assert postpone(rally=weekly.pk, date=one.pk, note="", now=NOW)  # the team's
    assert reopen(rally=weekly.pk, date=one.pk, note="", now=NOW + timedelta(days=1), by_host=True)
    assert (first(weekly).told_on, first(weekly).told_times) == (NOW.date() + timedelta(days=1), 1)
