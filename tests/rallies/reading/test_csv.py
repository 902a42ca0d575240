"""Rallies out of tables, as spreadsheets of every country write them."""

from datetime import date, time

import pytest

from tocsin.kit.spreadsheets import cell
from tocsin.rallies.details import Where
from tocsin.rallies.reading.csv import read_csv
from tocsin.rallies.reading.found import FileRefusal, FileRefusedError, Flaw, Problem
from tocsin.rallies.refusals import Refusal
from tocsin.rallies.states import Attendance

HEAD = "date,time,city,country,title\n"


def flaw_of(rows: str, head: str = HEAD) -> tuple[int, str, str]:
    [flaw] = read_csv((head + rows).encode(), language="en").flaws
    assert flaw.mend
    return flaw.line, flaw.field, str(flaw.problem)


def test_a_table_is_read_whole() -> None:
    table = (
        "Title;Date;Start time;City;Country;Venue;Lat;Lng;Duration;Held by;Website;Access;RRULE;Remark\r\n"
        '"Nachtzug; jetzt";6.6.2026;18.30;Kassel;Germany;Königsplatz;51,3167;9,5;90;Friends of the night train;'
        "https://example.org/x;step-free, toilets;FREQ=WEEKLY;whatever\r\n"
    )
    [rally] = read_csv(b"\xef\xbb\xbf" + table.encode(), language="de").rallies
    details = rally.details
    assert details.title == {"de": "Nachtzug; jetzt"}
    assert (details.first_on, details.wall_time, details.minutes) == (date(2026, 6, 6), time(18, 30), 90)
    assert details.zone == "Europe/Berlin"
    assert details.where == Where(
        city="Kassel", country="DE", region=details.where.region, place="Königsplatz", latitude=51.3167, longitude=9.5
    )
    assert (details.held_by, details.repeat) == ("Friends of the night train", "FREQ=WEEKLY")
    assert (details.access, details.chats[0].url) == (("step-free", "toilets"), "https://example.org/x")
    assert rally.line == 2


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_whatever_stands_between_the_columns(sign: str) -> None:
    table = sign.join(("date", "time", "city")) + "\n" + sign.join(("2026-06-06", "12:00", "Lisbon"))
    [rally] = read_csv(table.encode(), language="en").rallies
    assert (rally.details.where.country, rally.details.zone) == ("PT", "Europe/Lisbon")


@pytest.mark.parametrize(
    "text, hour",
    [("18:30", time(18, 30)), ("6:30 PM", time(18, 30)), ("12 am", time(0)), ("12pm", time(12)), ("18h", time(18)),
     ("9h05", time(9, 5)), ("09:00:00", time(9))],
)  # fmt: skip
def test_hours_as_people_write_them(text: str, hour: time) -> None:
    [rally] = read_csv(f"{HEAD}2026-06-06,{text},Kassel,DE,x\n".encode(), language="en").rallies
    assert rally.details.wall_time == hour


def test_bad_rows_are_named_by_line_and_the_others_are_taken() -> None:
    table = (
        f"{HEAD}2026-06-06,12:00,Kassel,DE,one\n\n"
        '06/07/2026,12:00,Kassel,DE,"two\nlines"\n'
        "2026-06-06,noon,Kassel,DE,three\n2026-06-06,12:00,Nowhereville Junction,DE,four\n"
        "2026-06-06,12:00,Lisbon,PT,five\n"
    )
    found = read_csv(table.encode(), language="en")
    assert [rally.details.title["en"] for rally in found.rallies] == ["one", "five"]
    assert [(flaw.line, flaw.problem) for flaw in found.flaws] == [
        (4, Problem.DATE_SHAPE),
        (6, Problem.TIME_SHAPE),
        (7, Problem.CITY_UNKNOWN),
    ]


@pytest.mark.parametrize(
    "row, field, problem",
    [
        (",12:00,Kassel,DE,x", "date", Refusal.DATE_MISSING),
        ("2026-06-06,,Kassel,DE,x", "time", Refusal.TIME_MISSING),
        ("2026-02-30,12:00,Kassel,DE,x", "date", Problem.DATE_SHAPE),
        ("0001-01-01,00:00,Kassel,DE,x", "first_on", Refusal.DATE_PAST),
        ("9999-12-31,23:59,Kassel,DE,x", "first_on", Refusal.DATE_FAR),
        ("2026-06-06,25:00,Kassel,DE,x", "time", Problem.TIME_SHAPE),
        ("2026-06-06,12:00,,DE,x", "city", Refusal.CITY_MISSING),
        ("2026-06-06,12:00,Kassel,Atlantis,x", "country", Refusal.COUNTRY_UNKNOWN),
        ('2026-06-06,12:00,Kassel,DE,"=HYPERLINK(""https://evil.example"")"', "title", Problem.FORMULA),
        ("2026-06-06,12:00,Kassel,DE,@SUM(A1)", "title", Problem.FORMULA),
        ("2026-06-06,12:00,Kassel,DE,see www.evil.example", "title", Refusal.NOT_PLAIN),
        (f"2026-06-06,12:00,Kassel,DE,{'x' * 200}", "title", Refusal.TOO_LONG),
    ],
)
def test_what_cannot_be_taken_is_named(row: str, field: str, problem: str) -> None:
    assert flaw_of(row) == (2, field, str(problem))


def test_what_our_own_tables_marked_as_text_is_text_again() -> None:
    [rally] = read_csv(f"{HEAD}2026-06-06,12:00,Kassel,DE,{cell('- now')}\n".encode(), language="en").rallies
    assert rally.details.title == {"en": "- now"}


def test_a_pin_alone_finds_its_town_and_the_middle_of_the_sea_finds_none() -> None:
    head = "date,time,lat,lon\n"
    [rally] = read_csv(f"{head}2026-06-06,12:00,38.71,-9.14\n".encode(), language="en").rallies
    assert (rally.details.where.country, rally.details.where.latitude) == ("PT", 38.71)
    assert flaw_of("2026-06-06,12:00,0,-140\n", head) == (2, "city", "city_unknown")
    assert flaw_of("2026-06-06,12:00,nan,1\n", head) == (2, "lat", "pin_shape")
    assert flaw_of("2026-06-06,12:00,91,1\n", head) == (2, "lat", "pin_shape")


def test_what_is_online_needs_no_town() -> None:
    table = "date,time,online_url,zone\n2026-06-06,12:00,https://meet.example.org/x,Europe/Kyiv\n"
    [rally] = read_csv(table.encode(), language="en").rallies
    assert (rally.details.attendance, rally.details.zone) == (Attendance.ONLINE, "Europe/Kyiv")


def test_the_same_row_is_the_same_rally_though_its_hour_changed_and_an_id_outlives_everything() -> None:
    def source(table: str) -> str:
        return read_csv(table.encode(), language="en").rallies[0].source

    first = source(f"{HEAD}2026-06-06,12:00,Kassel,DE,x\n")
    assert source(f"{HEAD}2026-06-06,15:00,Kassel,DE,x\n") == first
    assert source(f"{HEAD}2026-06-06,12:00,Kassel,DE,y\n") != first
    assert source("id,date,time,city\n77,2026-06-06,12:00,Kassel\n") == "csv:77"


def test_a_rally_that_is_there_twice_is_taken_once() -> None:
    row = "2026-06-06,12:00,Kassel,DE,x\n"
    found = read_csv((HEAD + row + row).encode(), language="en")
    assert len(found.rallies) == 1
    assert found.flaws == (Flaw(3, "Kassel", "title", Problem.TWICE),)


@pytest.mark.parametrize(
    "content, refusal",
    [
        (b"", FileRefusal.EMPTY),
        (b" \n\n", FileRefusal.EMPTY),
        (b"date,time,city\n", FileRefusal.EMPTY),
        (b"when,where\nnow,here\n", FileRefusal.HEADER),
        (b"date,time,city\n2026-06-06,12:00,K\0ssel\n", FileRefusal.NUL),
        (b"date,time,city\n2026-06-06,12:00,M\xfcnchen\n", FileRefusal.ENCODING),
        (b"PK\x03\x04rest", FileRefusal.ARCHIVE),
        (b"\x1f\x8brest", FileRefusal.ARCHIVE),
        (b"x" * (4 * 1024 * 1024 + 1), FileRefusal.TOO_LARGE),
        (b"date,time,city\n" + b"\n" * 100_001, FileRefusal.TOO_MANY_LINES),
        (b"date,time,city\n" + b"x,y,z\n" * 101, FileRefusal.TOO_MANY_FLAWS),
        (
            b"id,date,time,lat,lon\n" + b"".join(b"%d,2026-06-06,12:00,51.3,9.5\n" % n for n in range(5_001)),
            FileRefusal.TOO_MANY_RALLIES,
        ),
    ],
)
def test_a_hostile_file_is_refused_by_name(content: bytes, refusal: FileRefusal) -> None:
    with pytest.raises(FileRefusedError) as error:
        read_csv(content, language="en")
    assert error.value.refusal is refusal
    assert error.value.mend


def test_a_table_in_utf_16_is_read() -> None:
    [rally] = read_csv((HEAD + "2026-06-06,12:00,Київ,UA,x\n").encode("utf-16"), language="uk").rallies
    assert (rally.details.where.city, rally.details.zone) == ("Київ", "Europe/Kyiv")


def test_an_open_quote_ends_the_reading_and_is_named() -> None:
    found = read_csv((HEAD + '2026-06-06,12:00,Kassel,DE,x\n2026-06-06,12:00,"Kas').encode(), language="en")
    assert len(found.rallies) == 1
    assert [flaw.line for flaw in found.flaws] == [3]
