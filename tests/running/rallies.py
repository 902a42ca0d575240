"""A handful of rallies on a server of a test's own, one of each kind."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from tests.running.server import SLUG, Server

# Run as a program of its own, with the server's settings: a test's process has others.
PROGRAM = """
from tocsin.cli.commands import set_django_up
set_django_up()
from tests.running.rallies import store
store()
"""
IN_DAYS = 20  # how far away the day of action is


def put_up_rallies(server: Server) -> None:
    """Put them up on a server of this test's own."""
    environ = server.environ | {"DJANGO_SETTINGS_MODULE": "tocsin.config.settings"}
    subprocess.run([sys.executable, "-c", PROGRAM], env=environ, check=True)


def store() -> None:
    """Store a day of action, a weekly series with a cancelled and a moved date, one online, one private, one unseen."""
    from tests.factories import rallies as factory  # noqa: PLC0415  only where Django is set up
    from tocsin import db  # noqa: PLC0415
    from tocsin.campaigns.domain import touch  # noqa: PLC0415
    from tocsin.campaigns.models import Campaign  # noqa: PLC0415
    from tocsin.rallies.details import Chat, Where  # noqa: PLC0415
    from tocsin.rallies.models import DayOfAction, Occurrence  # noqa: PLC0415
    from tocsin.rallies.states import Attendance, DateState, State  # noqa: PLC0415

    campaign, now = Campaign.objects.get(slug=SLUG), datetime.now(UTC)
    on = (now + timedelta(days=IN_DAYS)).date()
    day = DayOfAction.objects.create(campaign=campaign, key="day", title={"en": "One day for all"}, held_on=on)
    common: dict[str, Any] = {"campaign": campaign, "now": now, "first_on": on, "wall_time": time(17)}
    factory.rally(
        **common,
        is_main=True,
        day_of_action=day.pk,
        access=("step-free", "toilets"),
        duties={"marshal": 4},
        languages=("de", "en", "ar"),
        about={"en": "We bring blankets, tea and a brass band.", "ar": "نجلب البطانيات والشاي."},
        chats=(Chat(label="Group", url="https://chat.example/x"),),
    )
    factory.rally(**common, where=factory.LISBON, zone="Europe/Lisbon", day_of_action=day.pk)
    amman = Where(city="Amman", country="JO", place="ساحة باريس", latitude=31.95, longitude=35.93)
    factory.rally(**common, where=amman, zone="Asia/Amman", day_of_action=day.pk, languages=("ar",))
    factory.rally(
        **common, where=replace(factory.LISBON, city="Porto"), is_address_private=True, title={"en": "A vigil"}
    )
    factory.rally(
        **common, where=Where(), zone="UTC", attendance=Attendance.ONLINE, online_url="https://meet.example/1"
    )
    factory.rally(**common, where=Where(city="Ghent", country="BE"), state=State.ANNOUNCED)
    weekly = factory.rally(
        **common | {"first_on": on - timedelta(days=35)},
        where=Where(city="Malmö", country="SE"),
        zone="Europe/Stockholm",
        repeat="FREQ=WEEKLY",
        until_note={"en": "Every week until the night train runs again"},
    )
    dates = list(weekly.occurrences.filter(starts_at__gt=now).order_by("starts_at"))
    _change(dates[0], state=DateState.CANCELLED, note="The square is flooded.", changed_at=now)
    _change(dates[1], held_on=dates[1].held_on + timedelta(days=1), starts_at=dates[1].starts_at + timedelta(days=1),
            ends_at=dates[1].ends_at + timedelta(days=1))  # fmt: skip
    _change(dates[2], state=DateState.POSTPONED)
    Occurrence.objects.filter(rally__city="Kassel").update(coming=231)
    with db.transaction():
        touch(campaign=campaign)


def _change(date: object, **columns: object) -> None:
    for name, value in columns.items():
        setattr(date, name, value)
    date.save()  # type: ignore[attr-defined]  # a row, whose class is known only where Django is set up
