"""rallies.domain.change: a host mends a rally; who comes hears of time and place, and the desk sees it."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from tests.cast import MAYA, RUI
from tests.factories.rallies import LISBON, NOW, rally
from tests.rallies.domain.comers import comes, letters, told
from tocsin.rallies.details import details_of
from tocsin.rallies.domain.change import change
from tocsin.rallies.domain.tell import MOST_TOLD
from tocsin.rallies.hosts import PrivatePlace, place_in
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.refusals import Refusal, RefusedError
from tocsin.rallies.states import DateState, State

pytestmark = pytest.mark.django_db(transaction=True)
MILL = PrivatePlace("The old mill", "Mill Lane 3", 51.32, 9.48)


def changed(one: Rally, private: PrivatePlace | None = None, **columns: Any) -> bool:
    details = replace(details_of(one), is_address_private=bool(private), **columns)
    done = change(rally=one.pk, details=details, private=private or PrivatePlace(), now=NOW)
    one.refresh_from_db()
    return done


def test_other_words_are_told_to_nobody_and_marked_for_the_desk() -> None:
    one = rally()
    comes(one.occurrences.get(), MAYA)
    assert changed(one, about={"en": "Bring a lantern."})
    assert (one.about, one.has_big_change, one.sequence, told()) == ({"en": "Bring a lantern."}, True, 0, [])


def test_what_was_made_of_a_rally_that_has_moved_since_is_refused_and_changes_nothing() -> None:
    one = rally()
    seen, old = one.sequence, details_of(one)
    assert changed(one, wall_time=time(18))
    with pytest.raises(RefusedError) as error:
        change(rally=one.pk, details=old, private=PrivatePlace(), now=NOW, seen=seen)
    assert [(refused.field, refused.refusal) for refused in error.value.refused] == [("date", Refusal.CHANGED)]
    one.refresh_from_db()
    assert (one.wall_time, one.sequence) == (time(18), seen + 1)


@pytest.mark.parametrize("columns", [{"wall_time": time(18)}, {"where": LISBON, "zone": "Europe/Lisbon"}])
def test_another_time_or_place_is_marked_for_the_desk_and_told(columns: dict[str, Any]) -> None:
    one = rally()
    comes(one.occurrences.get(), MAYA)
    assert changed(one, **columns)
    assert (one.state, one.has_big_change, one.sequence) == (State.APPROVED, True, 1)
    assert told() == [("date_changed", MAYA.address)]


def test_a_date_that_the_new_rule_leaves_out_is_cancelled_and_told_so() -> None:
    one = rally(repeat="FREQ=WEEKLY;COUNT=2")
    first, second = one.occurrences.order_by("original_on")
    comes(first, MAYA)
    comes(second, RUI)
    assert changed(one, repeat="")
    second.refresh_from_db()
    assert second.state == DateState.CANCELLED
    assert told() == [("date_cancelled", RUI.address), ("date_changed", MAYA.address)]


def test_a_private_place_is_sealed_changed_and_let_go_of() -> None:
    one = rally()
    comes(one.occurrences.get(), MAYA)
    assert changed(one, MILL)
    assert (place_in(one.pk, one.sealed_place), one.address) == (MILL, "")
    told()
    other = replace(MILL, address="Mill Lane 4")
    assert changed(one, other)
    assert (place_in(one.pk, one.sealed_place), one.sequence, one.has_big_change) == (other, 2, True)
    assert told() == [("date_changed", MAYA.address)]
    assert changed(one)
    assert one.sealed_place is None


def test_who_comes_is_told_of_a_few_changes_a_day_and_the_next_one_waits_until_tomorrow() -> None:
    one = rally()
    comes(one.occurrences.get(), MAYA)
    for hour in range(1, MOST_TOLD + 1):
        assert changed(one, wall_time=time(hour))
    assert len(told()) == MOST_TOLD
    with pytest.raises(RefusedError) as refused:
        changed(one, wall_time=time(20))
    assert [(found.field, found.refusal) for found in refused.value.refused] == [("date", Refusal.TOLD_ENOUGH)]
    one.refresh_from_db()
    assert (one.wall_time, told()) == (time(MOST_TOLD), [])
    assert changed(one, about={"en": "Bring a lantern."})  # that is told to nobody
    details = replace(details_of(one), wall_time=time(20))
    assert change(rally=one.pk, details=details, private=PrivatePlace(), now=NOW + timedelta(days=1))


def test_what_becomes_private_leaves_no_date_its_own_place_in_clear() -> None:
    one, other = rally(repeat="FREQ=WEEKLY;COUNT=2"), rally()
    Occurrence.objects.update(place="The old mill", address="Mill Lane 3", latitude=51.32, longitude=9.48)
    comes(one.occurrences.earliest("original_on"), MAYA)
    assert changed(one, MILL)
    assert set(one.occurrences.values_list("place", "address", "latitude", "longitude")) == {("", "", None, None)}
    [letter] = letters()
    assert letter.content["texts"]["where"] == "Kassel, Germany"
    assert other.occurrences.get().address == "Mill Lane 3"


def test_what_was_returned_asks_again_once_it_is_mended() -> None:
    one = rally(state=State.RETURNED)
    assert changed(one, held_by="The choir of the night train")
    assert one.state == State.ANNOUNCED


@pytest.mark.parametrize("state", [State.ASKED, State.MERGED, State.REFUSED, State.ENDED])
def test_a_rally_that_is_not_live_takes_no_changes(state: State) -> None:
    one = rally(state=state)
    assert not changed(one, held_by="Somebody else")
    assert one.held_by == "Friends of the night train"


def test_what_cannot_stand_changes_nothing() -> None:
    one = rally()
    with pytest.raises(RefusedError):
        change(rally=one.pk, details=replace(details_of(one), minutes=0), private=MILL, now=NOW)
    one.refresh_from_db()
    assert (one.minutes, one.sealed_place) == (120, None)
