"""rallies.domain.forget: a fortnight after the last date nothing opens what lay sealed, and nothing is left of it."""

import secrets
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.cast import MAYA, OTTO
from tests.factories.coming import ask, come, date_of_a_rally, people
from tests.factories.rallies import NOW, host, rally
from tocsin.kit import keyfiles
from tocsin.rallies import keys
from tocsin.rallies.domain.cancel import cancel_date
from tocsin.rallies.domain.confirm_rsvp import Confirmed, confirm_rsvp
from tocsin.rallies.domain.forget import Forgotten, forget
from tocsin.rallies.domain.give_up import give_up
from tocsin.rallies.domain.postpone import postpone
from tocsin.rallies.domain.upkeep import keep_up
from tocsin.rallies.hosts import PrivatePlace, seal_place
from tocsin.rallies.models import Host, Occurrence, Rally, Rsvp
from tocsin.rallies.states import DateState, State
from tocsin.seal.box import Box
from tocsin.vault.sealed.folder import CHECK, SEALED, check_box, purpose, sealed_path

pytestmark = pytest.mark.django_db(transaction=True)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CANARY = "a ramp for my grey wheelchair"


def test_a_fortnight_after_the_last_date_all_goes_but_the_count() -> None:
    date_ = date_of_a_rally()
    come(date_, MAYA, needs=CANARY, guests=1)
    ask(date_, OTTO)
    host(date_.rally)
    sealed = seal_place(date_.rally_id, PrivatePlace("The old mill"))
    Rally.objects.update(is_address_private=True, place="", address="", sealed_place=sealed)
    forget(now=date_.ends_at + 14 * DAY - DAY)
    assert (keys.kept(), Host.objects.count(), Rsvp.objects.count()) == ([date_.rally_id], 1, 1)
    assert forget(now=date_.ends_at + 14 * DAY) == Forgotten(asked=0, came=1, rallies=1)
    assert (keys.kept(), Host.objects.count(), Rsvp.objects.count()) == ([], 0, 0)
    made = Rally.objects.get()
    assert made.sealed_place is None
    assert Occurrence.objects.get().coming == 2
    with pytest.raises(keys.RallyKeyGoneError):
        keys.unseal(date_.rally_id, "place", sealed)


def test_nothing_opens_what_a_copy_kept_and_nothing_on_the_disk_holds_it(settings: Settings) -> None:
    date_ = date_of_a_rally()
    come(date_, needs=CANARY)
    copy = bytes(Rsvp.objects.get().sealed)
    key = keys.path_of(date_.rally_id).read_bytes()
    forget(now=date_.ends_at + 15 * DAY)
    with pytest.raises(keys.RallyKeyGoneError):
        keys.unseal(date_.rally_id, "rsvp", copy)
    for file in [path for folder in (settings.KEYS_DIR, settings.DATA_DIR) for path in Path(folder).rglob("*")]:
        if file.is_file():
            assert key not in file.read_bytes(), file
    assert not any(secret in everything() for secret in (CANARY, MAYA.name, copy.hex()))


def everything() -> str:
    """Return every row of every table of rallies, as text, bytes in hexadecimal."""
    rows = []
    with connection.cursor() as cursor:
        for table in [name for name in connection.introspection.table_names(cursor) if name.startswith("rallies_")]:
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                rows += [value.hex() if isinstance(value, bytes | memoryview) else str(value) for value in row]
    return "\n".join(rows)


def test_what_nobody_confirmed_goes_after_three_days() -> None:
    token = ask(date_of_a_rally())
    assert forget(now=NOW + 3 * DAY).asked == 0
    assert forget(now=NOW + 4 * DAY).asked == 1
    assert confirm_rsvp(token=token, now=NOW + 4 * DAY) is Confirmed.UNKNOWN


def test_a_series_that_goes_on_keeps_its_key() -> None:
    made = rally(repeat="FREQ=WEEKLY;COUNT=4")
    dates = dates_of(made)
    come(dates[0])
    assert forget(now=dates[0].ends_at + 20 * DAY).rallies == 0
    assert forget(now=dates[-1].ends_at + 14 * DAY).rallies == 1


@pytest.mark.parametrize("rule", ["FREQ=YEARLY", "FREQ=MONTHLY;INTERVAL=9"])
@pytest.mark.parametrize("is_kept_up", [True, False])
def test_a_series_whose_next_date_is_far_away_keeps_host_address_and_key(rule: str, is_kept_up: bool) -> None:
    made = rally(repeat=rule)
    host(made)
    sealed = seal_place(made.pk, PrivatePlace("The old mill"))
    Rally.objects.update(is_address_private=True, place="", address="", sealed_place=sealed)
    # A worker that stood still has added no date.
    made.occurrences.filter(starts_at__gt=NOW + 60 * DAY).delete()
    later = made.occurrences.get().ends_at + 15 * DAY
    if is_kept_up:
        keep_up(now=later)
    assert forget(now=later).rallies == 0
    assert (keys.kept(), Host.objects.count(), Rally.objects.get().sealed_place) == ([made.pk], 1, sealed)


def test_a_weekly_series_keeps_all_of_it_over_a_long_break() -> None:
    first_on = date(2026, 6, 6)
    made = rally(repeat="FREQ=WEEKLY", skipped=tuple(first_on + timedelta(weeks=week) for week in range(1, 40)))
    host(made)
    keep_up(now=NOW + 200 * DAY)
    assert forget(now=NOW + 200 * DAY).rallies == 0
    assert forget(now=NOW + 300 * DAY).rallies == 0
    assert (keys.kept(), Host.objects.count()) == ([made.pk], 1)


def test_a_series_whose_worker_stood_still_is_forgotten_a_fortnight_after_the_last_date_of_its_rule() -> None:
    made = rally(repeat="FREQ=WEEKLY;COUNT=40")
    last = made.first_on + timedelta(weeks=39)
    host(made)
    over = datetime(last.year, last.month, last.day, 12, tzinfo=UTC)  # its row was never made
    assert [forget(now=over + days * DAY).rallies for days in (-30, 13, 16)] == [0, 0, 1]
    assert keys.kept() == []


def test_a_series_that_ended_is_forgotten_though_its_rule_goes_on() -> None:
    made = rally(repeat="FREQ=YEARLY")
    host(made)
    Rally.objects.update(state=State.ENDED, changed_at=NOW)
    assert forget(now=NOW + 14 * DAY).rallies == 1


def test_a_rule_that_no_door_takes_any_more_stops_no_forgetting() -> None:
    date_ = date_of_a_rally()
    host(date_.rally)
    Rally.objects.update(repeat="FREQ=SECONDLY")
    assert forget(now=date_.ends_at + 14 * DAY).rallies == 1


def test_many_series_cost_as_many_questions_as_one() -> None:
    for _each in range(3):
        host(rally(repeat="FREQ=YEARLY"))
    Occurrence.objects.filter(starts_at__gt=NOW + 60 * DAY).delete()
    later = Occurrence.objects.latest("ends_at").ends_at + 15 * DAY
    with CaptureQueriesContext(connection) as three:
        assert forget(now=later).rallies == 0
    Rally.objects.exclude(pk=Rally.objects.latest("pk").pk).delete()
    with CaptureQueriesContext(connection) as one:
        assert forget(now=later).rallies == 0
    assert len(three) == len(one)


def test_who_came_to_a_date_of_a_series_goes_a_fortnight_after_it_and_the_count_stays() -> None:
    first, second, *_ = dates_of(rally(repeat="FREQ=WEEKLY"))
    come(first, MAYA, guests=2)
    come(first, OTTO)
    come(second, MAYA)
    assert forget(now=first.ends_at + 14 * DAY - HOUR).came == 0
    assert forget(now=first.ends_at + 14 * DAY) == Forgotten(asked=0, came=2, rallies=0)
    assert Rsvp.objects.get().occurrence_id == second.pk
    assert [row.coming for row in Occurrence.objects.filter(pk__in=(first.pk, second.pk)).order_by("pk")] == [4, 1]
    assert forget(now=first.ends_at + 14 * DAY).came == 0


def test_who_comes_to_a_postponed_date_of_a_series_is_kept_in_mind_longer() -> None:
    first, *_ = dates_of(rally(repeat="FREQ=WEEKLY"))
    come(first)
    assert postpone(rally=first.rally_id, date=first.pk, note="", now=NOW)
    assert forget(now=first.ends_at + 90 * DAY - HOUR).came == 0
    assert forget(now=first.ends_at + 90 * DAY).came == 1


@pytest.mark.parametrize("called_off,kept", [(20 * DAY, 14 * DAY), (80 * DAY, 10 * DAY)])
def test_who_is_told_that_there_is_no_new_day_has_a_link_for_a_fortnight_and_none_after_ninety_days(
    called_off: timedelta, kept: timedelta
) -> None:
    first, *_ = dates_of(rally(repeat="FREQ=WEEKLY"))
    come(first)
    assert postpone(rally=first.rally_id, date=first.pk, note="", now=NOW)
    off = first.ends_at + called_off
    assert cancel_date(rally=first.rally_id, date=first.pk, note="", now=off)
    assert forget(now=off + kept - HOUR).came == 0
    assert forget(now=off + kept).came == 1


def test_who_gave_a_place_up_is_forgotten_with_the_others_and_many_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.rallies.domain.forget._BATCH", 2)
    first, second, *_ = dates_of(rally(repeat="FREQ=WEEKLY"))
    tokens = [come(first, one) for one in people(5)]
    come(second)
    give_up(token=tokens[0], now=NOW)
    assert forget(now=first.ends_at + 14 * DAY).came == 5
    assert Rsvp.objects.get().occurrence_id == second.pk


def dates_of(one: Rally) -> list[Occurrence]:
    return list(one.occurrences.select_related("rally__campaign").order_by("starts_at"))


def test_a_cancelled_date_may_be_reopened_until_its_day_and_a_postponed_one_longer() -> None:
    date_ = date_of_a_rally()
    come(date_)
    Occurrence.objects.update(state=DateState.CANCELLED, changed_at=NOW)
    assert forget(now=date_.ends_at).rallies == 0
    Occurrence.objects.update(state=DateState.POSTPONED)
    assert forget(now=date_.ends_at + 80 * DAY).rallies == 0
    assert forget(now=date_.ends_at + 90 * DAY).rallies == 1


@pytest.mark.parametrize("state", [State.REFUSED, State.MERGED, State.ENDED])
def test_what_ended_before_its_date_is_kept_for_a_fortnight_from_then(state: State) -> None:
    date_ = date_of_a_rally(now=datetime(2026, 3, 1, tzinfo=UTC))
    come(date_)
    Rally.objects.update(state=state, changed_at=NOW)
    assert forget(now=NOW + 13 * DAY).rallies == 0, "the desk may take it back"
    assert forget(now=NOW + 14 * DAY).rallies == 1


@pytest.mark.parametrize("is_sealed", [False, True])
def test_a_key_that_was_left_over_by_a_crash_is_destroyed_but_not_a_fresh_one(
    settings: Settings, *, is_sealed: bool
) -> None:
    keys.seal(4711, "rsvp", {})
    folder = Path(settings.KEYS_DIR)
    if is_sealed:
        shut(folder)
        assert keyfiles.is_locked(), "what is destroyed need not be opened"
    now = datetime.now(UTC)
    forget(now=now)
    assert keys.kept() == [4711], "its rally may not be committed yet"
    forget(now=now + 2 * DAY)
    assert keys.kept() == []
    assert list(folder.rglob("4711.key")) == []


def shut(folder: Path) -> None:
    """Bring a key folder into sealed mode, with a root key that nobody has opened."""
    root = secrets.token_bytes(keyfiles.KEY_BYTES)
    keyfiles.write_new(folder / SEALED / CHECK, check_box(root))
    for path in [*folder.rglob("rally/*.key")]:
        name = path.relative_to(folder)
        keyfiles.write_new(sealed_path(folder, name), Box(root).seal(purpose(name), path.read_bytes()))
        path.unlink()


def test_another_rally_keeps_what_is_its_own() -> None:
    over = date_of_a_rally()
    later = date_of_a_rally(first_on=over.held_on + 60 * DAY)
    come(over)
    come(later)
    forget(now=over.ends_at + 15 * DAY)
    assert keys.kept() == [later.rally_id]
    assert Rsvp.objects.get().occurrence_id == later.pk
