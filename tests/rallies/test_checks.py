from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.factories import rallies as factory
from tocsin.rallies.checks import refusals_of, settled
from tocsin.rallies.details import Chat, Where
from tocsin.rallies.refusals import Refusal
from tocsin.rallies.states import Attendance


def wrong(**changes: Any) -> list[tuple[str, Refusal]]:
    return [(one.field, one.refusal) for one in refusals_of(settled(factory.details(**changes)))]


def test_a_usual_rally_can_stand() -> None:
    assert wrong() == []


@pytest.mark.parametrize(
    "changes, refused",
    [
        ({"zone": "Europe/Nowhere"}, [("zone", Refusal.ZONE_UNKNOWN)]),
        ({"zone": "Europe"}, [("zone", Refusal.ZONE_UNKNOWN)]),
        ({"first_on": date.min}, [("first_on", Refusal.DATE_PAST)]),
        ({"first_on": date(1999, 12, 31)}, [("first_on", Refusal.DATE_PAST)]),
        ({"first_on": date(2101, 1, 1)}, [("first_on", Refusal.DATE_FAR)]),
        ({"first_on": date.max}, [("first_on", Refusal.DATE_FAR)]),
        ({"repeat": "FREQ=WEEKLY", "skipped": (date.min,)}, [("skipped", Refusal.DATE_PAST)]),
        ({"repeat": "FREQ=WEEKLY", "skipped": (date.max,)}, [("skipped", Refusal.DATE_FAR)]),
        ({"repeat": "FREQ=WEEKLY;UNTIL=00010101"}, [("repeat", Refusal.REPEAT_SHAPE)]),
        ({"repeat": "often"}, [("repeat", Refusal.REPEAT_SHAPE)]),
        ({"repeat": "FREQ=MONTHLY;BYDAY=1MO,9MO"}, [("repeat", Refusal.REPEAT_SHAPE)]),
        ({"repeat": "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=9"}, [("repeat", Refusal.REPEAT_NEVER)]),
        ({"repeat": "FREQ=WEEKLY;UNTIL=20260605"}, [("repeat", Refusal.REPEAT_NEVER)]),
        ({"repeat": "FREQ=WEEKLY", "first_on": date.max}, [("first_on", Refusal.DATE_FAR)]),
        ({"minutes": 0}, [("minutes", Refusal.NUMBER_SHAPE)]),
        ({"where": Where()}, [("city", Refusal.CITY_MISSING), ("country", Refusal.COUNTRY_UNKNOWN)]),
        ({"where": Where(city="Atlantis", country="ZZ")}, [("country", Refusal.COUNTRY_UNKNOWN)]),
        ({"where": replace(factory.KASSEL, latitude=91.0)}, [("pin", Refusal.PIN_SHAPE)]),
        ({"where": replace(factory.KASSEL, longitude=float("nan"))}, [("pin", Refusal.PIN_SHAPE)]),
        ({"where": replace(factory.KASSEL, latitude=None)}, [("pin", Refusal.PIN_SHAPE)]),
        ({"where": Where(), "attendance": Attendance.ONLINE}, [("online_url", Refusal.ONLINE_MISSING)]),
        (
            {"attendance": Attendance.BOTH, "online_url": "javascript:alert(1)"},
            [("online_url", Refusal.URL_SHAPE)],
        ),
        ({"title": {"en": "x" * 151}}, [("title", Refusal.TOO_LONG)]),
        ({"title": {"en": "one\ntwo"}}, [("title", Refusal.NOT_PLAIN)]),
        ({"title": {"xx-yy": "Noon"}}, [("title", Refusal.WRONG_CHOICE)]),
        ({"about": {"en": "\u202eturned"}}, [("about", Refusal.NOT_PLAIN)]),
        ({"held_by": "see example.org/now"}, [("held_by", Refusal.NOT_PLAIN)]),
        ({"access": ("sauna",)}, [("access", Refusal.WRONG_CHOICE)]),
        ({"duties": {"marshal": 0}}, [("duties", Refusal.NUMBER_SHAPE)]),
        ({"duties": {"king": 1}}, [("duties", Refusal.WRONG_CHOICE)]),
        ({"capacity": 0}, [("capacity", Refusal.NUMBER_SHAPE)]),
        ({"chats": (Chat(label="Talk", url="ftp://example.org"),)}, [("chats", Refusal.URL_SHAPE)]),
    ],
)
def test_what_cannot_stand_is_named_with_its_field(changes: dict[str, Any], refused: list[tuple[str, Refusal]]) -> None:
    assert wrong(**changes) == refused


def test_every_refusal_says_how_to_mend_it() -> None:
    for one in refusals_of(settled(factory.details(minutes=0, where=Where(), zone="", repeat="often"))):
        assert one.mend


def test_a_private_address_leaves_what_anybody_reads() -> None:
    where = replace(factory.KASSEL, address="Königsplatz 1")

    assert settled(factory.details(where=where)).where.address == "Königsplatz 1"
    shown = settled(factory.details(where=where, is_address_private=True)).where
    assert (shown.place, shown.address, shown.latitude, shown.longitude) == ("", "", 51.3, 9.5)


def test_dates_that_are_skipped_are_kept_once_and_in_order() -> None:
    skipped = (date(2026, 6, 20), date(2026, 6, 13), date(2026, 6, 20))

    assert settled(factory.details(skipped=skipped)).skipped == (date(2026, 6, 13), date(2026, 6, 20))
