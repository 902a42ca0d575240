"""Import: the same file again changes, and doubles nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import MAYA
from tests.factories import rallies as make
from tests.factories.campaigns import CampaignFactory
from tests.factories.rallies import NOW
from tests.rallies.domain.comers import comes, told
from tocsin.campaigns.models import Campaign
from tocsin.rallies.campaign_file.said import SaidDate
from tocsin.rallies.details import Where, details_of
from tocsin.rallies.domain import import_file as importing
from tocsin.rallies.domain.import_file import Fate, Imported, import_file, plan
from tocsin.rallies.domain.refuse import refuse
from tocsin.rallies.domain.resolve import resolve
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.reading.found import FoundRally
from tocsin.rallies.refusals import Refusal, RefusedError
from tocsin.rallies.states import DateState, State

pytestmark = pytest.mark.django_db(transaction=True)

WEEKLY: dict[str, Any] = {"repeat": "FREQ=WEEKLY;COUNT=4"}
LATER = NOW + timedelta(days=1)


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create()


def found(
    source: str = "ics:1", *, dates: tuple[SaidDate, ...] = (), is_cancelled: bool = False, **changes: Any
) -> FoundRally:
    details = make.details(**changes)
    return FoundRally(line=2, source=source, details=details, dates=dates, is_cancelled=is_cancelled)


def said(original_on: date, **changes: Any) -> SaidDate:
    usual: dict[str, Any] = {
        "original_on": original_on,
        "state": DateState.STANDS,
        "held_on": original_on,
        "wall_time": time(12),
        "minutes": 120,
        "place": "",
        "address": "",
        "latitude": None,
        "longitude": None,
        "note": "",
    }
    return SaidDate(**(usual | changes))


def imported(campaign: Campaign, *rallies: FoundRally, wanted: tuple[str, ...] = (), now: datetime = NOW) -> Imported:
    return import_file(campaign=campaign, rallies=rallies, wanted=wanted, now=now)


def states(rally: Rally) -> list[tuple[date, int, str]]:
    return list(rally.occurrences.order_by("original_on").values_list("held_on", "state", "place"))


def test_what_comes_in_is_the_teams_own_and_public(campaign: Campaign) -> None:
    assert imported(campaign, found()) == Imported(new=1)
    rally = Rally.objects.get()
    assert (rally.state, rally.source, rally.approved_on) == (State.APPROVED, "ics:1", NOW.date())
    assert details_of(rally) == make.details()
    assert rally.occurrences.count() == 1


def test_the_same_file_again_changes_nothing(campaign: Campaign) -> None:
    own = said(date(2026, 6, 13), state=DateState.CANCELLED)
    imported(campaign, found(dates=(own,), **WEEKLY))
    before = Rally.objects.values().get(), list(Occurrence.objects.values())
    assert imported(campaign, found(dates=(own,), **WEEKLY), now=LATER) == Imported(same=1)
    assert (Rally.objects.values().get(), list(Occurrence.objects.values())) == before


def test_a_changed_file_changes_the_rally_and_keeps_what_it_does_not_say(campaign: Campaign) -> None:
    imported(campaign, found())
    Rally.objects.update(crowd=300, access=["step-free"])
    assert imported(campaign, found(wall_time=time(15)), now=LATER) == Imported(changed=1)
    rally = Rally.objects.get()
    assert (rally.wall_time, rally.crowd, rally.access, rally.sequence) == (time(15), 300, ["step-free"], 1)
    assert not rally.has_big_change
    assert rally.occurrences.get().starts_at == datetime(2026, 6, 6, 13, tzinfo=UTC)


def test_dates_of_their_own_come_in_and_go_back(campaign: Campaign) -> None:
    own = (
        said(date(2026, 6, 13), state=DateState.CANCELLED),
        said(date(2026, 6, 20), held_on=date(2026, 6, 21)),
        said(date(2026, 6, 27), place="Town hall"),
    )
    imported(campaign, found(dates=own, **WEEKLY))
    rally = Rally.objects.get()
    assert states(rally) == [
        (date(2026, 6, 6), DateState.STANDS, ""),
        (date(2026, 6, 13), DateState.CANCELLED, ""),
        (date(2026, 6, 21), DateState.STANDS, ""),
        (date(2026, 6, 27), DateState.STANDS, "Town hall"),
    ]
    assert not Rally.objects.get().has_big_change
    assert imported(campaign, found(**WEEKLY), now=LATER) == Imported(changed=1)
    assert states(rally) == [(date(2026, 6, 6) + timedelta(days=7 * n), DateState.STANDS, "") for n in range(4)]
    assert imported(campaign, found(**WEEKLY), now=LATER) == Imported(same=1)


def test_a_cancelled_rally_is_cancelled_on_every_date_and_stands_again_with_its_file(campaign: Campaign) -> None:
    imported(campaign, found(is_cancelled=True, **WEEKLY))
    assert {state for _, state, _ in states(Rally.objects.get())} == {DateState.CANCELLED}
    assert imported(campaign, found(**WEEKLY), now=LATER) == Imported(changed=1)
    assert {state for _, state, _ in states(Rally.objects.get())} == {DateState.STANDS}


def test_what_the_team_postponed_stays_so(campaign: Campaign) -> None:
    imported(campaign, found())
    Occurrence.objects.update(state=DateState.POSTPONED)
    assert imported(campaign, found(), now=LATER) == Imported(same=1)
    assert Occurrence.objects.get().state == DateState.POSTPONED


def test_what_has_passed_is_not_touched(campaign: Campaign) -> None:
    imported(campaign, found())
    after = datetime(2026, 7, 1, tzinfo=UTC)
    assert imported(campaign, found(is_cancelled=True), now=after) == Imported(same=1)
    assert Occurrence.objects.get().state == DateState.STANDS


def test_one_that_may_be_there_already_stays_out_unless_it_is_wanted(campaign: Campaign) -> None:
    there = make.rally(campaign=campaign)
    [planned] = plan(campaign=campaign, rallies=[found()], now=NOW)
    assert (planned.fate, [like.rally for like in planned.likes]) == (Fate.ALIKE, [there])
    assert imported(campaign, found()) == Imported(left=1)
    assert imported(campaign, found(), wanted=("ics:1",)) == Imported(new=1)
    assert Rally.objects.count() == 2


@pytest.mark.parametrize("state", [State.REFUSED, State.MERGED, State.ENDED])
def test_what_was_refused_merged_or_ended_stays_so(campaign: Campaign, state: State) -> None:
    imported(campaign, found())
    Rally.objects.update(state=state)
    assert imported(campaign, found(wall_time=time(15)), now=LATER) == Imported(left=1)
    assert Rally.objects.get().wall_time == time(12)


def test_an_address_that_became_private_here_is_not_made_public_by_the_file(campaign: Campaign) -> None:
    imported(campaign, found(where=Where(city="Kassel", country="DE", address="Elm Road 3")))
    Rally.objects.update(is_address_private=True, address="", place="")
    changed = found(wall_time=time(15), where=Where(city="Kassel", country="DE", place="Otto's", address="Elm Road 3"))
    imported(campaign, changed, now=LATER)
    rally = Rally.objects.get()
    assert (rally.wall_time, rally.place, rally.address) == (time(15), "", "")


def test_a_dates_own_place_in_the_file_of_a_private_rally_is_no_news_each_time(campaign: Campaign) -> None:
    moved = said(date(2026, 6, 13), held_on=date(2026, 6, 14), place="Otto's")
    imported(campaign, found(dates=(moved,), **WEEKLY))
    Rally.objects.update(is_address_private=True, address="", place="", latitude=51.3)
    Occurrence.objects.update(place="")
    maya = comes(Occurrence.objects.get(held_on=date(2026, 6, 14)), MAYA)
    assert imported(campaign, found(dates=(moved,), **WEEKLY), now=LATER) == Imported(same=1)
    assert (told(LATER), maya.occurrence.place) == ([], "")


def test_once_the_goal_is_reached_no_file_comes_in(campaign: Campaign) -> None:
    resolve(campaign=campaign, text={"en": "The trains run."}, shown_until=LATER, now=NOW)
    with pytest.raises(RefusedError) as caught:
        imported(campaign, found())
    assert [one.refusal for one in caught.value.refused] == [Refusal.CAMPAIGN_OVER]
    assert Rally.objects.count() == 0
    assert imported(CampaignFactory.create(), found()) == Imported(new=1)


@pytest.fixture
def behind_the_plan(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let something happen between the plan of an import and its storing."""

    def arrange(verb: Callable[[], object]) -> None:
        def stepped(**given: Any) -> object:
            planned = plan(**given)
            monkeypatch.setattr(importing, "plan", plan)
            verb()
            return planned

        monkeypatch.setattr(importing, "plan", stepped)

    return arrange


def test_what_is_refused_while_a_file_comes_in_stays_as_it_is(
    campaign: Campaign, behind_the_plan: Callable[..., None]
) -> None:
    imported(campaign, found())
    rally = Rally.objects.get()
    comes(rally.occurrences.get(), MAYA)
    behind_the_plan(lambda: refuse(campaign=campaign, rallies=[rally.pk], now=LATER))
    assert imported(campaign, found(wall_time=time(15)), now=LATER) == Imported(left=1)
    rally.refresh_from_db()
    assert (rally.state, rally.wall_time, rally.sequence) == (State.REFUSED, time(12), 1)
    assert told(LATER) == [("date_cancelled", MAYA.address)]


def test_a_file_that_comes_in_twice_at_once_comes_in_once(
    campaign: Campaign, behind_the_plan: Callable[..., None]
) -> None:
    behind_the_plan(lambda: imported(campaign, found()))
    assert imported(campaign, found()) == Imported(same=1)
    assert Rally.objects.count() == 1


def test_a_file_that_is_stored_at_the_very_same_moment_comes_in_once(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    def store() -> None:
        try:
            answers.append(imported(campaign, found()))
        finally:
            connection.close()

    def late(*said: Any) -> list[Rally]:
        if other.ident is None:
            other.start()
            other.join(1)  # on SQLite it waits until we have stored ours
        return write(*said)

    answers: list[Imported] = []
    other, write = Thread(target=store), importing._write  # noqa: SLF001  the step that loses
    monkeypatch.setattr(importing, "_write", late)
    answers.append(imported(campaign, found()))
    other.join()
    assert sorted(answers, key=lambda one: one.new) == [Imported(same=1), Imported(new=1)]
    assert Rally.objects.count() == 1


def test_a_goal_that_is_reached_while_a_file_comes_in_ends_it(
    campaign: Campaign, behind_the_plan: Callable[..., None]
) -> None:
    behind_the_plan(lambda: resolve(campaign=campaign, text={"en": "The trains run."}, shown_until=LATER, now=NOW))
    with pytest.raises(RefusedError) as caught:
        imported(campaign, found())
    assert [one.refusal for one in caught.value.refused] == [Refusal.CAMPAIGN_OVER]
    assert Rally.objects.count() == 0


def test_storing_three_costs_no_more_questions_than_one() -> None:
    asked = []
    for many in (1, 3):
        into = CampaignFactory.create()
        fresh = [found(f"ics:{number}") for number in range(many)]
        with CaptureQueriesContext(connection) as queries:
            assert imported(into, *fresh) == Imported(new=many)
        asked.append(len(queries))
    assert asked[0] == asked[1]
    slugs = Rally.objects.filter(campaign=into).order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["kassel", "kassel-2", "kassel-3"]


def test_a_file_that_broke_off_goes_on_and_doubles_nothing(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_BATCH", 1)
    own = said(date(2026, 6, 13), state=DateState.CANCELLED)
    file = [found(f"ics:{number}", dates=(own,), **WEEKLY) for number in range(3)]
    with monkeypatch.context() as dying:
        dying.setattr(importing, "cancel_date", _die)
        with pytest.raises(OSError, match="power"):
            imported(campaign, *file)
    assert Rally.objects.count() == 1
    assert imported(campaign, *file) == Imported(new=0, changed=1, left=2)
    assert imported(campaign, *file, wanted=("ics:1", "ics:2")) == Imported(new=2, same=1)
    assert Occurrence.objects.filter(state=DateState.CANCELLED).count() == 3


def _die(**_given: object) -> bool:
    message = "power"
    raise OSError(message)


def test_quinns_campaign_may_have_the_same_file(campaign: Campaign) -> None:
    quinns = CampaignFactory.create()
    imported(quinns, found())
    assert imported(campaign, found(wall_time=time(15))) == Imported(new=1)
    assert Rally.objects.get(campaign=quinns).wall_time == time(12)


@pytest.mark.parametrize("number", [1, 3])
def test_looking_costs_a_fixed_number_of_queries(
    campaign: Campaign, number: int, django_assert_num_queries: object
) -> None:
    for place in range(number):
        imported(campaign, found(f"ics:{place}", first_on=date(2026, 6, 6) + timedelta(days=9 * place)))
    known = [found(f"ics:{place}") for place in range(number)]
    strange = [replace(found(), source=f"csv:{place}") for place in range(number)]
    with django_assert_num_queries(4):  # type: ignore[operator]  # pytest-django's fixture is a callable
        assert len(plan(campaign=campaign, rallies=[*known, *strange], now=NOW)) == 2 * number
