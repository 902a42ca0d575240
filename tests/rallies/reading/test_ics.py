"""Rallies out of other programs' calendars."""

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tests.hanging import no_hang
from tests.rallies.calendars.unsaved import calendar_of, date_of, rally_of
from tocsin.rallies.reading.found import FileRefusal, FileRefusedError, Found, FoundRally, Problem
from tocsin.rallies.reading.ics import read_ics
from tocsin.rallies.refusals import Refusal
from tocsin.rallies.states import Attendance, DateState

PLAIN = "UID:1@x\nDTSTART;TZID=Europe/Berlin:20260606T120000\nLOCATION:Königsplatz, 34117 Kassel, Germany"


def read(*events: str, head: str = "") -> Found:
    whole = "".join(f"BEGIN:VEVENT\n{one}\nEND:VEVENT\n" for one in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{whole}END:VCALENDAR\n"
    return read_ics(text.replace("\n", "\r\n").encode(), language="en")


def one(*events: str, head: str = "") -> FoundRally:
    found = read(*events, head=head)
    assert found.flaws == ()
    [rally] = found.rallies
    return rally


def test_an_event_is_read_whole() -> None:
    rally = one(
        f"{PLAIN}\nSUMMARY:Night trains\\, now\nDTEND;TZID=Europe/Berlin:20260606T133000\n"
        "DESCRIPTION:Bring a <b>bell</b>.\\nSee https://example.org/x\\nand a friend.\nURL:https://example.org/y"
    )
    details = rally.details
    assert (rally.source, rally.line) == ("ics:1@x", 3)
    assert details.title == {"en": "Night trains, now"}
    assert details.about == {"en": "Bring a bell.\nand a friend."}
    assert (details.first_on, details.wall_time, details.minutes) == (date(2026, 6, 6), time(12), 90)
    assert (details.zone, details.where.city, details.where.country) == ("Europe/Berlin", "Kassel", "DE")
    assert (details.where.place, details.chats[0].url) == ("Königsplatz", "https://example.org/y")


def test_a_calendar_of_ours_comes_back_as_it_was() -> None:
    rally = rally_of(
        first_on=date(2026, 10, 2),
        wall_time=time(19, 30),
        zone="Europe/Berlin",
        repeat="FREQ=WEEKLY;UNTIL=20261127",
        skipped=(date(2026, 10, 9),),
        title={"en": "Night trains"},
    )
    rows = [date_of(rally, date(2026, 10, 2)) for _ in range(1)]
    rows += [
        date_of(rally, date(2026, 10, 16), state=DateState.CANCELLED),
        date_of(rally, date(2026, 10, 30), held_on=date(2026, 11, 1), wall_time=time(11)),
        date_of(rally, date(2026, 11, 13), place="Town hall"),
    ]
    [found] = read_ics(calendar_of(rally, rows), language="en").rallies
    assert found.source == f"ics:{rally.uid}@testserver"
    assert (found.details.repeat, found.details.skipped) == (rally.repeat, (date(2026, 10, 9),))
    assert found.details.title == {"en": "Night trains"}
    assert [(said.original_on, said.state, said.held_on, said.wall_time, said.place) for said in found.dates] == [
        (date(2026, 10, 16), DateState.CANCELLED, date(2026, 10, 16), time(19, 30), ""),
        (date(2026, 10, 30), DateState.STANDS, date(2026, 11, 1), time(11), ""),
        (date(2026, 11, 13), DateState.STANDS, date(2026, 11, 13), time(19, 30), "Town hall"),
    ]


@pytest.mark.parametrize(
    "start, head, zone, hour",
    [
        ("DTSTART:20260606T100000Z", "X-WR-TIMEZONE:Europe/Berlin\n", "Europe/Berlin", 12),
        ("DTSTART:20260606T100000Z", "", "Europe/Berlin", 12),
        ("DTSTART:20260606T120000", "X-WR-TIMEZONE:Europe/Berlin\n", "Europe/Berlin", 12),
        ("DTSTART:20260606T120000", "", "Europe/Berlin", 12),
        ("DTSTART;TZID=W. Europe Standard Time:20260606T120000", "", "Europe/Berlin", 12),
        ("DTSTART;TZID=America/New_York:20260606T120000", "X-WR-TIMEZONE:Europe/Berlin\n", "America/New_York", 12),
        ("DTSTART:20260606T100000Z", "X-WR-TIMEZONE:Middle/Earth\n", "Europe/Berlin", 12),
    ],
)
def test_the_hour_is_that_of_its_own_zone_of_the_calendars_or_of_the_town(
    start: str, head: str, zone: str, hour: int
) -> None:
    details = one(f"UID:1\n{start}\nLOCATION:Kassel, Germany", head=head).details
    assert (details.zone, details.wall_time) == (zone, time(hour))


def test_until_in_utc_is_a_day_of_the_place() -> None:
    start = "UID:1\nDTSTART;TZID=America/New_York:20261002T193000\nLOCATION:Hartford, US"
    assert one(f"{start}\nRRULE:FREQ=WEEKLY;UNTIL=20261128T003000Z").details.repeat == "FREQ=WEEKLY;UNTIL=20261127"


@pytest.mark.parametrize(
    "line, city, place",
    [
        ("Lafayette Square\\, Washington\\, DC\\, USA", "Washington", "Lafayette Square"),
        ("Praça do Comércio\\, Lisboa\\, Portugal", "Lisbon", "Praça do Comércio"),
        ("майдан Незалежності\\, Київ\\, Україна", "Kyiv", "майдан Незалежності"),
        ("Kassel", "Kassel", ""),
    ],
)
def test_a_line_is_taken_apart_into_place_and_town(line: str, city: str, place: str) -> None:
    where = one(f"UID:1\nDTSTART;TZID=UTC:20260606T120000\nLOCATION:{line}").details.where
    assert (where.city, where.place) == (city, place)


def test_a_pin_decides_which_town_it_is() -> None:
    where = one("UID:1\nDTSTART:20260606T120000Z\nLOCATION:Main square\nGEO:38.71;-9.14").details.where
    assert (where.country, where.place, where.latitude) == ("PT", "Main square", 38.71)


def test_what_is_online_and_what_is_both() -> None:
    online = one("UID:1\nDTSTART:20260606T120000Z\nLOCATION:https://meet.example.org/x").details
    assert (online.attendance, online.online_url) == (Attendance.ONLINE, "https://meet.example.org/x")
    both = one(f"{PLAIN}\nCONFERENCE;VALUE=URI:https://meet.example.org/x").details
    assert both.attendance == Attendance.BOTH


def test_a_cancelled_event_is_cancelled_and_called_as_before() -> None:
    rally = one(f"{PLAIN}\nSUMMARY:CANCELLED – Night trains\nSTATUS:CANCELLED")
    assert (rally.is_cancelled, rally.details.title) == (True, {"en": "Night trains"})


def test_an_event_without_a_uid_is_known_by_what_it_says() -> None:
    event = PLAIN.replace("UID:1@x\n", "")
    assert one(event).source == one(event).source != one(f"{event}\nSUMMARY:x").source


@pytest.mark.parametrize(
    "event, problem",
    [
        ("UID:1\nDTSTART;VALUE=DATE:20260606\nLOCATION:Kassel", Refusal.TIME_MISSING),
        ("UID:1\nLOCATION:Kassel", Refusal.DATE_MISSING),
        ("UID:1\nDTSTART:2026\nLOCATION:Kassel", Refusal.DATE_MISSING),
        ("UID:1\nDTSTART:20260606T120000Z", Problem.CITY_UNKNOWN),
        ("UID:1\nDTSTART:20260606T120000Z\nLOCATION:Qqzzxx", Problem.CITY_UNKNOWN),
        (f"{PLAIN}\nRRULE:FREQ=SECONDLY", Refusal.REPEAT_SHAPE),
        (f"{PLAIN}\nRRULE:FREQ=DAILY;COUNT=1000000000", Refusal.REPEAT_SHAPE),
        (f"{PLAIN}\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", Refusal.REPEAT_SHAPE),
        (f"{PLAIN}\nRRULE:FREQ=WEEKLY\nRRULE:FREQ=DAILY", Refusal.REPEAT_SHAPE),
        (f"{PLAIN}\nRRULE:FREQ=WEIRD", Refusal.REPEAT_SHAPE),
        (f"{PLAIN}\nRDATE:20260701T120000Z", Problem.PLUS_DATES),
        (f"{PLAIN}\nRRULE:FREQ=MONTHLY;BYDAY=9SA", Refusal.REPEAT_SHAPE),
        (f"{PLAIN}\nRRULE:FREQ=YEARLY;BYDAY=60SA", Refusal.REPEAT_SHAPE),
        (f"{PLAIN}\nRRULE:FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=9", Refusal.REPEAT_NEVER),
        (f"{PLAIN}\nRRULE:FREQ=WEEKLY\nEXDATE:20260613T100000Z/PT1H", Refusal.DATE_MISSING),
        (f"{PLAIN}\nRRULE:FREQ=WEEKLY\nEXDATE;VALUE=PERIOD:20260613T100000Z/PT1H", Refusal.DATE_MISSING),
        (f"{PLAIN}\nRRULE:FREQ=WEEKLY\nEXDATE:soon", Refusal.DATE_MISSING),
        (f"{PLAIN}\nDTEND;TZID=Europe/Berlin:20260601T120000", Refusal.NUMBER_SHAPE),
        (f"{PLAIN}\nSUMMARY:win at www.evil.example", Refusal.NOT_PLAIN),
    ],
)
def test_what_cannot_be_taken_is_named(event: str, problem: str) -> None:
    found = read(event)
    assert [flaw.problem for flaw in found.flaws] == [problem]
    assert found.flaws[0].mend


def test_a_change_of_all_that_follows_is_named() -> None:
    own = PLAIN.replace("DTSTART", "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260613T120000\nDTSTART")
    found = read(f"{PLAIN}\nRRULE:FREQ=WEEKLY", own)
    assert [flaw.problem for flaw in found.flaws] == [Problem.THIS_AND_FUTURE]


@pytest.mark.parametrize(
    "content, refusal",
    [
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", FileRefusal.EMPTY),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", FileRefusal.NOT_A_CALENDAR),
        (b"hello", FileRefusal.NOT_A_CALENDAR),
        (b"BEGIN:VCALENDAR\r\nX:\0\r\nEND:VCALENDAR\r\n", FileRefusal.NUL),
        (b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 10_001, FileRefusal.TOO_MANY_RALLIES),
        (b"BEGIN:X\r\n" * 100_001, FileRefusal.TOO_MANY_LINES),
        (b"BEGIN:X\r\n" * 50_000, FileRefusal.NOT_A_CALENDAR),
    ],
)
def test_a_hostile_file_is_refused_by_name(content: bytes, refusal: FileRefusal) -> None:
    with pytest.raises(FileRefusedError) as error:
        read_ics(content, language="en")
    assert error.value.refusal is refusal


WEEKLY = f"{PLAIN}\nRRULE:FREQ=WEEKLY"
BERLIN = "TZID=Europe/Berlin:"
HARTFORD = "UID:1\nDTSTART;TZID=America/New_York:20260606T120000\nLOCATION:Hartford, US"


@pytest.mark.parametrize(
    "events, problem, field",
    [
        ([PLAIN.replace("20260606", "00010101")], Refusal.DATE_PAST, "first_on"),
        ([PLAIN.replace("20260606", "99991231")], Refusal.DATE_FAR, "first_on"),
        (["UID:1\nDTSTART:99991231T235959Z\nLOCATION:Kassel"], Refusal.DATE_FAR, "first_on"),
        ([f"{PLAIN}\nRRULE:FREQ=WEEKLY;UNTIL=00010101"], Refusal.REPEAT_SHAPE, "repeat"),
        (
            [f"{PLAIN}\nRRULE:FREQ=WEEKLY;UNTIL=00010101T000000Z".replace("Berlin", "Lisbon")],
            Refusal.REPEAT_SHAPE,
            "repeat",
        ),
        ([f"{HARTFORD}\nRRULE:FREQ=WEEKLY;UNTIL=00010101T000000Z"], Refusal.REPEAT_SHAPE, "repeat"),
        ([f"{WEEKLY}\nEXDATE:00010101T000000Z"], Refusal.DATE_PAST, "skipped"),
        ([f"{WEEKLY}\nEXDATE:99991231T235959Z"], Refusal.DATE_FAR, "skipped"),
        ([WEEKLY, f"{PLAIN}\nRECURRENCE-ID:99991231T235959Z"], Refusal.DATE_FAR, "first_on"),
        (
            [WEEKLY, f"{PLAIN.replace('20260606', '99991231')}\nRECURRENCE-ID;{BERLIN}20260613T120000"],
            Refusal.DATE_FAR,
            "first_on",
        ),
        (
            [WEEKLY, f"{PLAIN}\nDTEND;{BERLIN}20260606T110000\nRECURRENCE-ID;{BERLIN}20260606T120000"],
            Refusal.NUMBER_SHAPE,
            "minutes",
        ),
    ],
)
def test_days_at_either_end_of_the_calendar_and_ends_before_beginnings_are_refused_by_line(
    events: list[str], problem: Refusal, field: str
) -> None:
    found = read(*events)
    assert [(flaw.line, flaw.problem, flaw.field, found.rallies) for flaw in found.flaws] == [(3, problem, field, ())]
    assert found.flaws[0].mend


@pytest.mark.parametrize("name", ["SUMMARY", "LOCATION", "DESCRIPTION"])
@pytest.mark.parametrize("piece", ["a", "a.", "<a", "!"])
def test_a_line_as_long_as_the_file_does_not_make_it_hang(name: str, piece: str) -> None:
    with no_hang():
        read(f"UID:1\nDTSTART:20260606T120000Z\n{name}:{piece * (100_000 // len(piece))}.")


VALUES = (
    "20260606T120000",
    "20260606T120000Z",
    "20260606",
    "20260606T120000Z/PT1H",
    "20260606T120000Z/20260606T130000Z",
    "20260613T120000,20260620",
    "00010101T000000Z",
    "99991231T235959Z",
    "20260230T120000",
    "120000",
    "PT1H",
    "-P9W",
    "P99999999999W",
    "soon",
    "",
    "FREQ=WEEKLY",
    "FREQ=MONTHLY;BYDAY=1MO,9MO",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-366",
    "FREQ=YEARLY;BYDAY=60MO",
    "FREQ=WEEKLY;UNTIL=20270301T120000Z/PT1H",
    "FREQ=WEEKLY;UNTIL=20270301,20280301",
    "FREQ=WEEKLY;INTERVAL=x",
    "FREQ=WEEKLY;COUNT=",
    "FREQ=DAILY;COUNT=99999999999999999999",
    "FREQ",
)
PLACES = ("DTSTART", "DTEND", "DURATION", "RRULE", "EXDATE", "RDATE", "RECURRENCE-ID")
SORTS = ("", ";VALUE=PERIOD", ";VALUE=DATE", ";VALUE=TIME", ";VALUE=RECUR", ";TZID=Europe/Berlin", ";TZID=Nowhere")


@given(
    lines=some.lists(some.tuples(*map(some.sampled_from, (PLACES, SORTS, VALUES))), max_size=5), is_own=some.booleans()
)
@settings(max_examples=300, deadline=None)
def test_whatever_stands_where_dates_stand_is_read_or_named(lines: list[tuple[str, str, str]], is_own: bool) -> None:
    odd = "".join(f"\n{name}{sort}:{value}" for name, sort, value in lines)
    events = [f"UID:1\nLOCATION:Kassel{odd}"] if not is_own else [WEEKLY, f"{PLAIN}{odd}"]
    with no_hang():
        try:
            found = read(*events)
        except FileRefusedError:
            return
        assert all(flaw.mend for flaw in found.flaws)
        assert found.rallies or found.flaws
