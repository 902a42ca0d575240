"""How a day of action moves, for the tests about it."""

from datetime import date, time
from typing import Any

from tests.factories import rallies as factory
from tocsin.rallies.domain.days import Put, put_day
from tocsin.rallies.models import DayOfAction, Rally

SATURDAY, SUNDAY, FIVE, SIX = date(2026, 6, 6), date(2026, 6, 7), time(17), time(18)
TITLE = {"en": "Night of the trains"}


def move(day: DayOfAction, held_on: date = SUNDAY, wall_time: time | None = SIX) -> Put | None:
    given: dict[str, Any] = {"campaign": day.campaign, "title": TITLE, "now": factory.NOW}
    return put_day(**given, held_on=held_on, wall_time=wall_time, day=day.pk)


def when(rally: Rally) -> str:
    return rally.occurrences.get().starts_at.strftime("%d %H:%M")
