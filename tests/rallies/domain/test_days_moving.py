"""A day of action moves while a host changes a rally of it: at the very moment, or when it was postponed before.

On PostgreSQL what is parallel are real parallel transactions; on SQLite one waits for the other.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from tests.cast import MAYA
from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tests.factories.coming import come, date_of_a_rally, told
from tocsin import db
from tocsin.rallies.details import details_of
from tocsin.rallies.domain import change as changing
from tocsin.rallies.domain import days_moving, own_dates
from tocsin.rallies.domain.days import put_day
from tocsin.rallies.domain.postpone import postpone
from tocsin.rallies.domain.reopen import reopen
from tocsin.rallies.hosts import PrivatePlace
from tocsin.rallies.models import DayMove, DayOfAction, Rally
from tocsin.rallies.states import DateState

pytestmark = pytest.mark.django_db(transaction=True)

SATURDAY, SUNDAY, FIVE = date(2026, 6, 6), date(2026, 6, 7), time(17)


def _change(rally: Rally) -> bool:
    details = details_of(rally)
    details = replace(details, where=replace(details.where, place="Old station"))
    return changing.change(rally=rally.pk, details=details, private=PrivatePlace(), now=factory.NOW)


def _postpone(rally: Rally) -> bool:
    return postpone(rally=rally.pk, date=rally.occurrences.get().pk, note="", now=factory.NOW, by_host=True)


def _by_the_desk(day: DayOfAction) -> None:
    put_day(campaign=day.campaign, title=day.title, held_on=SUNDAY, wall_time=FIVE, now=factory.NOW, day=day.pk)


def _by_the_worker(day: DayOfAction) -> None:
    with db.transaction():
        days_moving.begin(day=day, held_on=SUNDAY, wall_time=FIVE, now=factory.NOW)
        DayOfAction.objects.filter(pk=day.pk).update(held_on=SUNDAY)
    days_moving.work(now=lambda: factory.NOW)


@pytest.mark.parametrize(
    "verb, room, step, moves",
    [
        (_change, changing, "tell_change", _by_the_worker),
        (_postpone, own_dates, "told_enough", _by_the_desk),
    ],
)
def test_a_rally_that_its_host_changes_meanwhile_moves_behind_the_change(
    verb: Callable[[Rally], bool],
    room: object,
    step: str,
    moves: Callable[[DayOfAction], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    campaign = CampaignFactory.create()
    title = {"en": "Night of the trains"}
    put = put_day(campaign=campaign, title=title, held_on=SATURDAY, wall_time=FIVE, now=factory.NOW)
    assert put is not None
    rally = factory.rally(campaign=campaign, first_on=SATURDAY, wall_time=FIVE, day_of_action=put.day.pk)

    def move() -> None:
        try:
            moves(put.day)
        finally:
            connection.close()

    mover, goes_on = Thread(target=move), getattr(room, step)

    def meanwhile(*said: Any, **more: Any) -> Any:
        mover.start()
        mover.join(1)  # it has to wait for the host's end
        return goes_on(*said, **more)

    monkeypatch.setattr(room, step, meanwhile)
    assert verb(rally)
    mover.join()
    rally.refresh_from_db()
    assert (rally.sequence, rally.first_on, rally.occurrences.get().held_on) == (2, SUNDAY, SUNDAY)


def test_of_a_postponed_rally_nobody_hears_a_date_before_there_is_one() -> None:
    campaign = CampaignFactory.create()
    title = {"en": "Night of the trains"}
    put = put_day(campaign=campaign, title=title, held_on=SATURDAY, wall_time=FIVE, now=factory.NOW)
    assert put is not None
    date_ = date_of_a_rally(campaign=campaign, first_on=SATURDAY, wall_time=FIVE, day_of_action=put.day.pk)
    factory.host(date_.rally)
    come(date_, MAYA)
    assert _postpone(date_.rally)
    told_before = told()
    _by_the_desk(put.day)
    assert (told(), DayMove.objects.get().moved) == (told_before, 0)
    date_.refresh_from_db()
    assert (date_.state, date_.held_on) == (DateState.POSTPONED, SUNDAY)
    assert reopen(rally=date_.rally_id, date=date_.pk, note="", now=factory.NOW, by_host=True)
    assert [(one.mail, one.texts["day"]) for one in told(MAYA)[-1:]] == [("date_reopened", "Sunday, June 7, 2026")]
