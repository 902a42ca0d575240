"""The open file of headcounts: recounted from outside, it gives the numbers on the page; no cell is a formula."""

import csv
from datetime import date as day
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest

from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tests.rallies.domain.test_headcounts import date_of, report
from tocsin.campaigns.models import Campaign
from tocsin.rallies.details import Where
from tocsin.rallies.headcount_file import COLUMNS, headcount_file
from tocsin.rallies.models import DayOfAction, Occurrence
from tocsin.rallies.queries.headcounts import coverage, over_with_crowds
from tocsin.rallies.states import Attendance, Source

pytestmark = pytest.mark.django_db(transaction=True)

SPRINGFIELD = Where(
    city="Springfield", country="US", region="US-IL", place="Old State Capitol", latitude=39.8017, longitude=-89.6437
)


@pytest.fixture
def trains() -> Campaign:
    return CampaignFactory.create(slug="night-trains", title={"en": "Bring back the night trains"}, languages=["en"])


def _held(campaign: Campaign, **changes: Any) -> Occurrence:
    return date_of(factory.rally(campaign=campaign, **changes))


def _rows(campaign: Campaign) -> list[dict[str, str]]:
    now = Occurrence.objects.latest("ends_at").ends_at + timedelta(days=1)
    text = headcount_file(
        over_with_crowds(campaign, now),
        campaign=campaign,
        language="en",
        page_of=lambda one: f"https://trains.example/en/night-trains/rallies/{one.rally.slug}/{one.original_on}/",
    )
    return list(csv.DictReader(StringIO(text, newline="")))


def test_a_row_says_what_the_consortiums_columns_say_and_where_in_the_world(trains: Campaign) -> None:
    date = _held(trains, where=SPRINGFIELD, zone="America/Chicago")
    report(date)
    link = "https://register.example/42"
    report(date, source=Source.PRESS, source_name="State Register", url=link, low=250, high=250, by_team=True)
    report(date, source=Source.ATTENDEE, low=700, high=900, by_team=True)
    [row] = _rows(trains)

    assert row == {
        "date": "2026-06-06",
        "locality": "Springfield",
        "state": "IL",
        "location": "Springfield, IL, US",
        "location_detail": "Old State Capitol",
        "online": "0",
        "type": "rally",
        "macroevent": "Bring back the night trains",
        "actors": "Friends of the night train",
        "claims": "Bring back the night trains",
        "size_low": "250",
        "size_high": "350",
        "size_mean": "300",
        "size_text": "press (State Register) 250 counted; host 300-350 counted; attendee 700-900 counted",
        "size_cat": "2",
        "source_1": link,
        "source_2": "",
        "source_3": "",
        "source_4": "",
        "source_5": "",
        "lat": "39.8017",
        "lon": "-89.6437",
        "country": "US",
        "region": "US-IL",
        "starts_at": "2026-06-06T17:00:00Z",
        "zone": "America/Chicago",
        "reports": "3",
        "page": "https://trains.example/en/night-trains/rallies/springfield/2026-06-06/",
        "uid": f"{date.rally.uid}/2026-06-06",
    }
    assert tuple(row) == COLUMNS


def test_who_recounts_the_file_gets_the_numbers_on_the_page(trains: Campaign) -> None:
    for high in (300, 451, 12):
        report(_held(trains), low=7, high=high)
    silent = _held(trains)
    rows = _rows(trains)
    counted = coverage(trains, silent.ends_at + timedelta(days=1))

    assert len(rows) == counted.over == 4
    assert sum(row["size_low"] != "" for row in rows) == counted.reported == 3
    assert sum(int(row["size_low"] or 0) for row in rows) == counted.low == 21
    assert sum(int(row["size_high"] or 0) for row in rows) == counted.high == 763
    assert [(row["size_mean"], row["size_cat"], row["source_1"]) for row in rows] == [
        ("153.5", "2", "host"),
        ("229", "2", "host"),
        ("9.5", "1", "host"),
        ("", "0", ""),
    ]


def test_a_day_of_action_is_the_larger_event_and_a_moved_date_is_where_it_was(trains: Campaign) -> None:
    action = DayOfAction.objects.create(
        campaign=trains, key="june", title={"en": "A day on the rails"}, held_on=day(2026, 6, 6)
    )
    date = _held(trains, day_of_action=action.pk)
    Occurrence.objects.filter(pk=date.pk).update(
        held_on=day(2026, 6, 7), place="Friedrichsplatz", latitude=51.31, longitude=9.49
    )
    [row] = _rows(trains)

    assert (row["macroevent"], row["date"], row["location_detail"]) == (
        "A day on the rails",
        "2026-06-07",
        "Friedrichsplatz",
    )
    assert (row["lat"], row["lon"]) == ("51.31", "9.49")
    assert row["uid"].endswith("/2026-06-06")


def test_a_private_place_stays_private_and_what_is_online_has_no_place(trains: Campaign) -> None:
    where = Where(city="Kassel", country="DE", place="A flat", latitude=51.3127, longitude=9.4797)
    at_home = _held(trains, where=where, is_address_private=True)
    whereabouts = {"place": "Another flat", "address": "Mill Lane 3", "latitude": 51.2127, "longitude": 9.3797}
    Occurrence.objects.filter(pk=at_home.pk).update(**whereabouts)
    _held(trains, where=Where(), attendance=Attendance.ONLINE, online_url="https://meet.example.org/a")
    private, online = _rows(trains)

    assert (private["lat"], private["lon"], private["online"]) == ("51.3", "9.5", "0")
    assert private["location_detail"] == ""
    assert (online["lat"], online["lon"], online["location"], online["online"]) == ("", "", "", "1")


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "|calc", "\tx", "＝1", "%0A"])
def test_no_cell_is_a_formula_and_none_breaks_its_row(trains: Campaign, text: str) -> None:
    place = f'{text} A, "B"'
    date = _held(trains, where=Where(city=text, country="DE", place=place, region=""), held_by=text)
    report(date, source=Source.PRESS, source_name=text, by_team=True)
    trains.title = {"en": text}
    [row] = _rows(trains)

    typed = {
        row[name] for name in ("locality", "location", "location_detail", "actors", "claims", "macroevent", "source_1")
    }
    assert not any(cell.startswith(("=", "+", "-", "@", "|", "\t", "＝", "%")) for cell in typed)
    assert all("\n" not in cell and "\r" not in cell for cell in row.values())
