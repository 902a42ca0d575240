"""What a campaign file may say about rallies, and which key is named when it cannot stand."""

from datetime import date, time

import pytest

from tests.hanging import no_hang
from tocsin.campaigns.campaign_file import read_campaign_file
from tocsin.campaigns.refusals import RefusedError
from tocsin.rallies.campaign_file import RALLIES
from tocsin.rallies.campaign_file.said import Said
from tocsin.rallies.details import Chat
from tocsin.rallies.states import Attendance, DateState

HEAD = """
[campaign]
slug = "night-trains"
languages = ["en", "ar"]
title = { en = "Bring back the night trains" }
timezone = "Europe/Berlin"
[[days_of_action]]
key = "may"
title = "An evening on the platform"
date = 2026-05-09
rule = "20:00 local everywhere"
[[days_of_action]]
key = "quiet"
date = 2026-06-09
"""


def said(tables: str) -> Said:
    file = read_campaign_file((HEAD + tables).encode(), [RALLIES])
    (part, what) = file.parts[0]
    assert part is RALLIES
    assert file.carried == {}
    assert isinstance(what, Said)
    return what


def refusals(tables: str) -> dict[str, str]:
    with pytest.raises(RefusedError) as caught:
        said(tables)
    return {one.field: one.mend for one in caught.value.refused}


def rally(line: str) -> str:
    return f'[[rallies]]\ncity = "Kassel"\ncountry = "DE"\n{line}\n'


def test_a_day_of_action_has_an_hour_for_everywhere() -> None:
    may, quiet = said("").days
    assert (may.key, may.title, may.held_on) == ("may", {"en": "An evening on the platform"}, date(2026, 5, 9))
    assert (may.wall_time, quiet.wall_time) == (time(20), None)


@pytest.mark.parametrize(
    "line,on,hour",
    [
        ('day_of_action = "may"', date(2026, 5, 9), time(20)),
        ('day_of_action = "may"\nstarts = 19:30:00', date(2026, 5, 9), time(19, 30)),
        ('day_of_action = "may"\nstarts = 2026-05-10', date(2026, 5, 10), time(20)),
        ('day_of_action = "may"\nstarts = 2026-05-08T07:00:00', date(2026, 5, 8), time(7)),
        ("starts = 2026-05-08T07:00:00.250", date(2026, 5, 8), time(7)),
    ],
)
def test_what_a_rally_leaves_out_is_its_days(line: str, on: date, hour: time) -> None:
    (one,) = said(rally(line)).rallies
    assert (one.details.first_on, one.details.wall_time) == (on, hour)


def test_a_list_of_towns_is_a_rally_in_each_at_the_hour_of_its_own_clock() -> None:
    cities = '["Washington, US", "New York, US", "Lisbon, PT", "Київ", "القاهرة, EG"]'
    rallies = said(f'[[rallies]]\nday_of_action = "may"\nplace = "Main station"\ncities = {cities}').rallies
    assert [(one.details.where.city, one.details.where.country, one.details.zone) for one in rallies] == [
        ("Washington", "US", "America/New_York"),
        ("New York", "US", "America/New_York"),
        ("Lisbon", "PT", "Europe/Lisbon"),
        ("Київ", "UA", "Europe/Kyiv"),
        ("القاهرة", "EG", "Africa/Cairo"),
    ]
    assert {(one.day, one.details.wall_time, one.details.where.place) for one in rallies} == {
        ("may", time(20), "Main station")
    }
    assert [round(one.details.where.latitude or 0) for one in rallies] == [39, 41, 39, 50, 30]


def test_the_region_says_which_of_the_towns_of_that_name() -> None:
    line = 'starts = 2026-05-09T12:00:00\ncountry = "US"\ncity = "Springfield"\nregion = "{}"\n[[rallies]]\n'
    tables = "[[rallies]]\n" + "".join(line.format(region) for region in ("US-IL", "US-MA")).removesuffix(
        "[[rallies]]\n"
    )
    assert [one.details.zone for one in said(tables).rallies] == ["America/Chicago", "America/New_York"]


def test_a_town_that_nobody_knows_needs_its_clock_and_has_no_pin() -> None:
    where = '[[rallies]]\ncity = "Nirgendsdorfhausen"\ncountry = "DE"\nstarts = 2026-05-09T12:00:00\n'
    assert refusals(where) == {
        "rallies[1].timezone": "This server knows no such town: please give it a table of its own with its "
        "timezone, and its position if you can."
    }
    (one,) = said(where + 'timezone = "Europe/Berlin"').rallies
    assert (one.details.zone, one.details.where.latitude) == ("Europe/Berlin", None)
    (one,) = said(where + "timezone = 'Europe/Berlin'\nposition = [51, 9.5]").rallies
    assert (one.details.where.latitude, one.details.where.longitude) == (51.0, 9.5)


def test_what_is_online_stands_in_the_campaigns_zone() -> None:
    line = 'starts = 2026-05-09T12:00:00\nonline = "https://meet.example/sleepers"'
    online, both = said(f"[[rallies]]\n{line}\n{rally(line)}").rallies
    assert (online.details.attendance, online.details.zone) == (Attendance.ONLINE, "Europe/Berlin")
    assert (both.details.attendance, both.details.where.city) == (Attendance.BOTH, "Kassel")


def test_everything_else_that_a_rally_has() -> None:
    (one,) = said(
        rally("""
day_of_action = "may"
main = true
slug = "the-big-one"
title = { en = "Pyjamas on the platform", ar = "بيجامات على الرصيف" }
about = "Bring a pillow."
held_by = "Friends of the night train"
languages = ["de", "ar"]
minutes = 90
repeat = "RRULE:FREQ=WEEKLY;BYDAY=SA"
skipped = [2026-05-16]
until_note = "Until the sleeper runs"
address = "Rainer-Dierichs-Platz 1"
access = ["step-free", "toilets"]
duties = { marshal = 4, first-aid = 1 }
crowd = 300
capacity = 500
chats = [{ label = "Telegram", url = "https://chat.example/sleepers" }]
dates = [
  { on = 2026-05-23, state = "cancelled", note = "The station is closed." },
  { on = 2026-05-30, moved_to = 2026-05-31T11:00:00, minutes = 60, place = "Town hall", position = [51.3, 9.5] },
]
""")
    ).rallies
    details = one.details
    assert (one.is_main, one.has_ended, one.slug, details.minutes, details.crowd, details.capacity) == (
        True, False, "the-big-one", 90, 300, 500,
    )  # fmt: skip
    assert (details.title["ar"], details.about, details.languages) == (
        "بيجامات على الرصيف",
        {"en": "Bring a pillow."},
        ("de", "ar"),
    )
    assert (details.access, details.duties) == (("step-free", "toilets"), {"marshal": 4, "first-aid": 1})
    assert details.chats == (Chat(label="Telegram", url="https://chat.example/sleepers"),)
    assert details.skipped == (date(2026, 5, 16),)
    cancelled, moved = one.dates
    assert (cancelled.state, cancelled.held_on, cancelled.note) == (
        DateState.CANCELLED,
        date(2026, 5, 23),
        "The station is closed.",
    )
    assert (moved.original_on, moved.held_on, moved.wall_time, moved.minutes, moved.place, moved.longitude) == (
        date(2026, 5, 30), date(2026, 5, 31), time(11), 60, "Town hall", 9.5,
    )  # fmt: skip


STARTS = "starts = 2026-05-09T12:00:00\n"


@pytest.mark.parametrize(
    "tables,field",
    [
        (rally(""), "rallies[1].starts"),
        (rally('day_of_action = "quiet"'), "rallies[1].starts"),
        (rally('day_of_action = "june"'), "rallies[1].day_of_action"),
        (rally("starts = 2026-05-09T12:00:00+02:00"), "rallies[1].starts"),
        (rally("starts = 1066-10-14T09:00:00"), "rallies[1].starts"),
        (rally("starts = 'noon'"), "rallies[1].starts"),
        (rally(STARTS + "timezone = 'Mars/Olympus'"), "rallies[1].timezone"),
        (rally(STARTS + "repeat = 'FREQ=HOURLY'"), "rallies[1].repeat"),
        (rally(STARTS + "minutes = 2"), "rallies[1].minutes"),
        (rally(STARTS + "minutes = true"), "rallies[1].minutes"),
        (rally(STARTS + "position = [99, 9.5]"), "rallies[1].position"),
        (rally(STARTS + "position = [nan, 9.5]"), "rallies[1].position"),
        (rally(STARTS + "position = [9.5]"), "rallies[1].position"),
        (rally(STARTS + "online = 'javascript:x'"), "rallies[1].online"),
        (rally(STARTS + "attendance = 'both'"), "rallies[1].online"),
        (rally(STARTS + "attendance = 'maybe'"), "rallies[1].attendance"),
        (rally(STARTS + "access = ['stairs']"), "rallies[1].access"),
        (rally(STARTS + "duties = { drummer = 2 }"), "rallies[1].duties.drummer"),
        (rally(STARTS + "duties = { marshal = 0 }"), "rallies[1].duties"),
        (rally(STARTS + "chats = [{ label = 'x', url = 'x' }]"), "rallies[1].chats"),
        (rally(STARTS + "chats = [{ url = 'https://x.example', link = 'x' }]"), "rallies[1].chats[1].link"),
        (rally(STARTS + "title = { en = 'a\\u0000b' }".replace("'", '"')), "rallies[1].title"),
        (rally(STARTS + 'doors = "\\u0000"'), "rallies[1].doors"),
        (rally(STARTS + "timzone = 'UTC'"), "rallies[1].timzone"),
        (rally(STARTS + "slug = 'The Big One'"), "rallies[1].slug"),
        (rally(STARTS + "slug = 'map'"), "rallies[1].slug"),
        (rally(STARTS + "uid = 'x'"), "rallies[1].uid"),
        (rally(STARTS + "slug = 'a'") + rally(STARTS + "slug = 'a'"), "rallies[2].slug"),
        (rally(STARTS + "dates = [{ state = 'cancelled' }]"), "rallies[1].dates[1].on"),
        (rally(STARTS + "dates = [{ on = 2026-05-09, state = 'off' }]"), "rallies[1].dates[1].state"),
        (rally(STARTS + "dates = [{ on = 2026-05-09 }, { on = 2026-05-09 }]"), "rallies[1].dates[2].on"),
        (rally(STARTS + f"dates = [{{ on = 2026-05-09, note = '{'x' * 501}' }}]"), "rallies[1].dates[1].note"),
        (rally(STARTS + "dates = [{ on = 2026-05-09, moved_to = 2026-05-10T12:00:00Z }]"),
         "rallies[1].dates[1].moved_to"),
        (rally(STARTS + "dates = [{ on = 2026-05-09, moved = 2026-05-10T12:00:00 }]"), "rallies[1].dates[1].moved"),
        (rally(STARTS + "dates = [{ on = 2026-05-09, minutes = 1 }]"), "rallies[1].dates[1].minutes"),
        ("[[rallies]]\ncountry = 'DE'\n" + STARTS, "rallies[1].city"),
        ("[[rallies]]\n" + STARTS + "cities = ['Lisbon, PT', 'Nirgendsdorfhausen, DE']", "rallies[1].cities[2]"),
        ("[[rallies]]\n" + STARTS + "cities = ['Lisbon, PT']\ncity = 'Oslo'", "rallies[1].city"),
        ("[[rallies]]\n" + STARTS + "cities = ['Lisbon, PT']\nuid = 'abc'", "rallies[1].uid"),
        ("[[days_of_action]]\nkey = 'May 1'\ndate = 2026-05-01", "days_of_action[3].key"),
        ("[[days_of_action]]\nkey = 'may'\ndate = 2026-05-01", "days_of_action[3].key"),
        ("[[days_of_action]]\nkey = 'june'", "days_of_action[3].date"),
        ("[[days_of_action]]\nkey = 'june'\ndate = 2026-06-01T12:00:00", "days_of_action[3].date"),
        ("[[days_of_action]]\nkey = 'june'\ndate = 2026-06-01\nrule = 'at noon'", "days_of_action[3].rule"),
        ("[[days_of_action]]\nkey = 'june'\ndate = 2026-06-01\nrule = '25:00 local'", "days_of_action[3].rule"),
        ("[rallies]\ncity = 'Oslo'", "rallies"),
        (rally(STARTS + "main = true") + rally(STARTS + "main = true") + rally(STARTS), "rallies[2].main"),
        ("[[rallies]]\nmain = true\ncities = ['Lisbon, PT', 'Oslo, NO']\n" + STARTS, "rallies[1].main"),
        (rally(STARTS + f"private_address = true\naddress = '{'x' * 301}'"), "rallies[1].address"),
    ],
)  # fmt: skip
def test_what_cannot_stand_is_named_by_its_key(tables: str, field: str) -> None:
    assert list(refusals(tables)) == [field]


def test_everything_that_is_wrong_is_told_at_once_the_campaigns_own_too() -> None:
    wrong = rally(STARTS + "minutes = 1") + rally(STARTS + "repeat = 'x'")
    with pytest.raises(RefusedError) as caught:
        read_campaign_file((HEAD.replace("Europe/Berlin", "Nowhere") + wrong + "[organisations]").encode(), [RALLIES])
    assert {one.field for one in caught.value.refused} == {"organisations", "rallies[1].minutes", "rallies[2].repeat"}


def test_words_that_are_wrong_for_a_list_of_towns_are_refused_once() -> None:
    with pytest.raises(RefusedError) as caught:
        said(f"[[rallies]]\n{STARTS}cities = ['Lisbon, PT', 'Oslo, NO']\nminutes = 1")
    assert [one.field for one in caught.value.refused] == ["rallies[1].minutes"]


def test_a_town_behind_much_space_does_not_make_it_hang() -> None:
    with no_hang():
        [listed] = said(f"[[rallies]]\n{STARTS}cities = ['Lisbon{' ' * 100_000}, PT']").rallies
    assert listed.details.where.city == "Lisbon"
