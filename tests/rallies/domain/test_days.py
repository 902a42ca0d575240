"""A day of action moves, and with it the rallies that stand at its rule, each by its own clock."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import MAYA
from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tests.rallies.domain.moves import FIVE, SATURDAY, SIX, SUNDAY, TITLE, move, when
from tocsin.campaigns.models import Campaign
from tocsin.kit.addresses import parse
from tocsin.outbox.models import Letter
from tocsin.rallies import keys
from tocsin.rallies.details import details_of
from tocsin.rallies.domain import days_moving
from tocsin.rallies.domain.change import change
from tocsin.rallies.domain.days import put_day, remove_day
from tocsin.rallies.domain.resolve import resolve
from tocsin.rallies.domain.tell import tell_coming
from tocsin.rallies.forms import Change, read_change, values_of
from tocsin.rallies.models import DayMove, DayOfAction, Occurrence, Rally, Rsvp
from tocsin.rallies.queries.hosting import days_to_come
from tocsin.rallies.refusals import Refusal, RefusedError
from tocsin.rallies.states import RsvpState, State
from tocsin.seal.tokens import new_token, to_text, token_hash

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create()


def test_a_day_has_a_key_of_its_own(campaign: Campaign, day: DayOfAction) -> None:
    again = put_day(campaign=campaign, title=TITLE, held_on=SUNDAY, wall_time=None, now=factory.NOW)
    assert again is not None
    assert (day.key, again.day.key, again.moved) == ("night-of-the-trains", "night-of-the-trains-2", 0)


def test_rallies_at_the_rule_move_each_by_its_own_clock(day: DayOfAction, rally_of: Callable[..., Rally]) -> None:
    kassel = rally_of()
    lisbon = rally_of(where=factory.LISBON, zone="Europe/Lisbon")
    assert (when(kassel), when(lisbon)) == ("06 15:00", "06 16:00")
    put = move(day)
    assert put is not None
    assert (put.moved, when(kassel), when(lisbon)) == (2, "07 16:00", "07 17:00")
    kassel.refresh_from_db()
    assert (kassel.first_on, kassel.wall_time, kassel.sequence, kassel.has_big_change) == (SUNDAY, SIX, 1, False)


@pytest.mark.parametrize(
    "says, stands_at",
    [
        ({"wall_time": time(11)}, "07 09:00"),
        ({"first_on": date(2026, 6, 5)}, "05 15:00"),
        ({"day_of_action": None}, "06 15:00"),
        ({"state": State.ENDED}, "06 15:00"),
    ],
)
def test_a_rally_that_says_otherwise_stays(
    day: DayOfAction, rally_of: Callable[..., Rally], says: dict[str, Any], stands_at: str
) -> None:
    rally = rally_of(**says)
    move(day)
    assert when(rally) == stands_at


def test_a_series_stays(day: DayOfAction, rally_of: Callable[..., Rally]) -> None:
    rally = rally_of(repeat="FREQ=WEEKLY;COUNT=2")
    move(day)
    assert rally.occurrences.order_by("starts_at")[0].held_on == SATURDAY


def test_a_date_that_was_moved_or_cancelled_by_itself_stays(day: DayOfAction, rally_of: Callable[..., Rally]) -> None:
    moved, cancelled = rally_of(), rally_of()
    moved.occurrences.update(held_on=date(2026, 6, 20))
    cancelled.occurrences.update(state=2)
    put = move(day)
    assert put is not None
    assert put.moved == 0


def test_without_a_rule_for_the_hour_only_the_date_moves(day: DayOfAction, rally_of: Callable[..., Rally]) -> None:
    rally = rally_of()
    move(day, SUNDAY, None)
    assert when(rally) == "07 15:00"
    move(day, SUNDAY, SIX)
    assert when(rally) == "07 15:00"


def test_hosts_and_those_who_come_are_told(day: DayOfAction, rally_of: Callable[..., Rally]) -> None:
    rally = rally_of()
    factory.host(rally)
    address, token = parse(MAYA.address), new_token()
    assert address is not None
    Rsvp.objects.create(
        occurrence=rally.occurrences.get(),
        token_hash=token_hash(token),
        tag=keys.rsvp_tag(rally.pk, address),
        state=RsvpState.COMING,
        sealed=keys.seal(rally.pk, "rsvp", {"email": MAYA.address, "language": "en", "token": to_text(token)}),
        asked_on=factory.NOW.date(),
    )
    rally.occurrences.update(coming=1)
    move(day, SATURDAY, FIVE)
    assert Letter.objects.count() == 0
    move(day)
    assert Letter.objects.count() == 2


def test_three_rallies_cost_no_more_questions_than_one(day: DayOfAction, rally_of: Callable[..., Rally]) -> None:
    asked = []
    for held_on, fresh in ((SUNDAY, 1), (SATURDAY, 2)):
        for _ in range(fresh):
            factory.host(rally_of(first_on=day.held_on))
        assert day.campaign.pk
        with CaptureQueriesContext(connection) as queries:
            assert move(day, held_on, FIVE) is not None
        day.refresh_from_db()
        asked.append(len(queries))
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    "title, refusal",
    [
        ({}, Refusal.EMPTY),
        ({"en": " "}, Refusal.EMPTY),
        ({"en": "x" * 151}, Refusal.TOO_LONG),
        ({"xx": "a"}, Refusal.WRONG_CHOICE),
    ],
)
def test_a_day_needs_a_name(campaign: Campaign, title: dict[str, str], refusal: Refusal) -> None:
    with pytest.raises(RefusedError) as error:
        put_day(campaign=campaign, title=title, held_on=SUNDAY, wall_time=None, now=factory.NOW)
    assert [one.refusal for one in error.value.refused] == [refusal]


def test_its_rallies_stay_when_a_day_is_taken_away(
    campaign: Campaign, day: DayOfAction, rally_of: Callable[..., Rally]
) -> None:
    rally = rally_of()
    assert remove_day(campaign=campaign, day=day.pk)
    assert not remove_day(campaign=campaign, day=day.pk)
    rally.refresh_from_db()
    assert rally.day_of_action is None


def test_quinn_moves_no_day_of_ours(day: DayOfAction) -> None:
    quinns = CampaignFactory.create(title={"en": "Open libraries"})
    assert put_day(campaign=quinns, title=TITLE, held_on=SUNDAY, wall_time=SIX, now=factory.NOW, day=day.pk) is None
    assert not remove_day(campaign=quinns, day=day.pk)
    day.refresh_from_db()
    assert day.held_on == SATURDAY


def test_a_day_is_not_moved_to_a_date_that_is_over_everywhere(day: DayOfAction, rally_of: Callable[..., Rally]) -> None:
    rally = rally_of()
    with pytest.raises(RefusedError) as error:
        move(day, date(2025, 6, 7), FIVE)
    assert [(one.field, one.refusal) for one in error.value.refused] == [("held_on", Refusal.DATE_PAST)]
    day.refresh_from_db()
    assert (day.held_on, when(rally), DayMove.objects.count()) == (SATURDAY, "06 15:00", 0)


def test_the_name_of_a_day_that_is_over_can_still_be_corrected(day: DayOfAction) -> None:
    later = factory.NOW + timedelta(days=60)
    put = put_day(
        campaign=day.campaign, title={"en": "Nights"}, held_on=SATURDAY, wall_time=FIVE, now=later, day=day.pk
    )
    assert put is not None
    assert put.day.title == {"en": "Nights"}


def test_a_rally_where_the_new_hour_has_passed_already_stays_and_a_correction_finds_all_of_them(
    day: DayOfAction, rally_of: Callable[..., Rally]
) -> None:
    kassel = rally_of()
    honolulu = rally_of(where=replace(factory.KASSEL, city="Honolulu", country="US"), zone="Pacific/Honolulu")
    put = move(day, factory.NOW.date(), time(9))  # it is eleven in Kassel, and eleven at night in Honolulu
    assert put is not None
    assert (put.moved, when(kassel), when(honolulu)) == (1, "06 15:00", "01 19:00")
    move(day, SATURDAY, FIVE)
    assert (when(kassel), when(honolulu)) == ("06 15:00", "07 03:00")


@pytest.fixture
def batches_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days_moving, "RALLIES", 1)


def work(rounds: int = 99) -> None:
    left = iter([True] * rounds)
    days_moving.work(now=lambda: factory.NOW, goes_on=lambda: next(left, False))


@pytest.mark.usefixtures("batches_of_one")
def test_many_rallies_move_batch_by_batch_and_a_batch_is_whole(
    day: DayOfAction, rally_of: Callable[..., Rally]
) -> None:
    rallies = [rally_of() for _ in range(3)]
    for one in rallies:
        factory.host(one)
    put = move(day)
    assert put is not None
    assert (put.moved, put.goes_on) == (1, True)
    assert ([when(one) for one in rallies], Letter.objects.count()) == (["07 16:00", "06 15:00", "06 15:00"], 1)
    work(rounds=1)
    assert ([when(one) for one in rallies], Letter.objects.count()) == (["07 16:00", "07 16:00", "06 15:00"], 2)
    work()
    work()
    rows = [(one.sequence, when(one)) for one in Rally.objects.order_by("pk")]
    assert (rows, Letter.objects.count()) == ([(1, "07 16:00")] * 3, 3)


@pytest.mark.usefixtures("batches_of_one")
def test_a_batch_that_broke_off_is_made_again_once(
    day: DayOfAction, rally_of: Callable[..., Rally], monkeypatch: pytest.MonkeyPatch
) -> None:
    rallies = [rally_of() for _ in range(2)]
    for one in rallies:
        factory.host(one)
    move(day)
    with monkeypatch.context() as dying:
        dying.setattr(days_moving, "tell_coming", _die)
        with pytest.raises(OSError, match="power"):
            work()
    assert (when(rallies[1]), Letter.objects.count()) == ("06 15:00", 1)
    work()
    assert (when(rallies[1]), Letter.objects.count()) == ("07 16:00", 2)


def _die(**_given: object) -> int:
    message = "power"
    raise OSError(message)


@pytest.mark.usefixtures("batches_of_one")
def test_a_day_that_goes_back_takes_every_rally_back(day: DayOfAction, rally_of: Callable[..., Rally]) -> None:
    rallies = [rally_of() for _ in range(3)]
    move(day)
    move(day, SATURDAY, FIVE)
    work()
    assert [when(one) for one in rallies] == ["06 15:00"] * 3
    assert list(DayMove.objects.order_by("pk").values_list("moved", flat=True)) == [3, 3]


@pytest.mark.usefixtures("batches_of_one")
def test_once_the_goal_is_reached_no_rally_moves_on_and_nobody_is_told_of_a_new_date(
    day: DayOfAction, rally_of: Callable[..., Rally]
) -> None:
    rallies = [rally_of() for _ in range(3)]
    for one in rallies:
        factory.host(one)
    move(day)
    resolve(campaign=day.campaign, text={"en": "Won"}, shown_until=factory.NOW + timedelta(days=9), now=factory.NOW)
    work()
    put = move(day, SATURDAY, FIVE)
    assert put is not None
    assert (put.moved, put.goes_on) == (0, False)
    assert [when(one) for one in rallies] == ["07 16:00", "06 15:00", "06 15:00"]
    assert Letter.objects.count() == 1
    assert not DayMove.objects.filter(done_at=None).exists()


@pytest.mark.usefixtures("batches_of_one")
def test_a_day_is_not_taken_away_while_its_rallies_move(day: DayOfAction, rally_of: Callable[..., Rally]) -> None:
    for _ in range(2):
        rally_of()
    move(day)
    assert not remove_day(campaign=day.campaign, day=day.pk)
    work()
    assert remove_day(campaign=day.campaign, day=day.pk)


@pytest.mark.usefixtures("batches_of_one")
def test_a_rally_whose_host_changes_words_before_its_turn_moves_all_the_same(
    day: DayOfAction, rally_of: Callable[..., Rally]
) -> None:
    _, waits = rally_of(), rally_of()
    move(day)
    before = details_of(waits)
    typed = values_of(before, None, "en") | {"about": "Bring a lantern."}
    days = days_to_come(day.campaign, factory.NOW)
    read = read_change(typed, campaign=day.campaign, language="en", days=days, before=before, now=factory.NOW)
    assert isinstance(read, Change)
    assert change(rally=waits.pk, details=read.details, private=read.private, now=factory.NOW)
    work()
    waits.refresh_from_db()
    assert (when(waits), waits.about) == ("07 16:00", {"en": "Bring a lantern."})


@pytest.mark.usefixtures("batches_of_one")
def test_a_move_that_fails_holds_up_no_other_day(
    day: DayOfAction, rally_of: Callable[..., Rally], monkeypatch: pytest.MonkeyPatch
) -> None:
    put = put_day(campaign=day.campaign, title=TITLE, held_on=SATURDAY, wall_time=FIVE, now=factory.NOW)
    assert put is not None
    ours, theirs = [[rally_of(day_of_action=of.pk) for _ in range(2)] for of in (day, put.day)]
    for of in (day, put.day):
        move(of)
    move(day, SATURDAY, FIVE)
    broken = ours[1].occurrences.get().pk
    ours[1].occurrences.update(coming=1)

    def fail(*, occurrences: Sequence[Occurrence], **given: Any) -> int:
        if [one.pk for one in occurrences] == [broken]:
            message = "no key"
            raise ValueError(message)
        return tell_coming(occurrences=occurrences, **given)

    with monkeypatch.context() as failing:
        failing.setattr(days_moving, "tell_coming", fail)
        with pytest.raises(ValueError, match="no key"):
            work()
    assert ([when(one) for one in theirs], when(ours[1])) == (["07 16:00"] * 2, "06 15:00")
    work()
    assert [when(one) for one in ours] == ["06 15:00"] * 2
    assert not DayMove.objects.filter(done_at=None).exists()


def test_a_batch_ends_where_very_many_come(
    day: DayOfAction, rally_of: Callable[..., Rally], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days_moving, "PEOPLE", 5)
    for _ in range(3):
        rally_of().occurrences.update(coming=4)
    put = move(day)
    assert put is not None
    assert (put.moved, put.goes_on) == (1, True)
