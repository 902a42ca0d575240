"""rallies.forms: what a host types becomes a rally, or a sentence beside each field that needs mending."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from tests.factories.campaigns import CampaignFactory
from tocsin.campaigns.models import Campaign
from tocsin.rallies.checks import settled
from tocsin.rallies.details import Chat, Details, Where
from tocsin.rallies.forms import Announcement, Change, Problems, read_announcement, read_change, values_of
from tocsin.rallies.hosts import PrivatePlace
from tocsin.rallies.models import DayOfAction
from tocsin.rallies.problems import WORDS, Problem
from tocsin.rallies.states import Attendance

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
TYPED = {
    "town": "Kassel",
    "place": "Königsplatz",
    "address": "at the fountain",
    "date": "2026-06-06",
    "time": "12:00",
    "minutes": "90",
    "name": "Otto Brandt",
    "email": "otto@example.net",
    "consent": "yes",
}


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create(languages=["en", "de"], timezone="Europe/Lisbon")


def read(campaign: Campaign, *, days: Any = (), **changes: str) -> Announcement | Problems:
    return read_announcement(TYPED | changes, campaign=campaign, language="en", days=days, now=NOW)


def announced(campaign: Campaign, **changes: Any) -> Announcement:
    found = read(campaign, **changes)
    assert isinstance(found, Announcement), found
    return found


def wrong(campaign: Campaign, **changes: str) -> dict[str, str]:
    found = read(campaign, **changes)
    assert isinstance(found, Problems)
    return found.by_field


def test_a_filled_in_form_is_a_rally_with_the_zone_of_its_town(campaign: Campaign) -> None:
    found = announced(campaign)
    details = found.details
    assert (details.where.city, details.where.country, details.zone) == ("Kassel", "DE", "Europe/Berlin")
    assert (details.first_on, details.wall_time, details.minutes) == (date(2026, 6, 6), time(12), 90)
    assert (details.where.place, details.where.address) == ("Königsplatz", "at the fountain")
    assert round(details.where.latitude or 0, 1) == 51.3
    assert (found.person.name, found.person.address.typed) == ("Otto Brandt", "otto@example.net")
    assert not found.private


def test_everything_that_is_wrong_is_said_at_once(campaign: Campaign) -> None:
    found = wrong(
        campaign, town="", date="", time="noon", name="", email="otto@", consent="", crowd="many", online_url="x"
    )
    assert set(found) == {"town", "date", "time", "name", "email", "consent", "crowd"}
    assert found["time"] == str(WORDS[Problem.TIME_SHAPE])


@pytest.mark.parametrize(
    "field,value,problem",
    [
        ("town", "Xyzzyqwk", Problem.TOWN_UNKNOWN),
        ("town", "Springfield", Problem.TOWN_AMBIGUOUS),
        ("date", "6.6.2026", Problem.DATE_SHAPE),
        ("date", "2026-02-30", Problem.DATE_SHAPE),
        ("date", "2036-06-06", Problem.DATE_FAR),
        ("name", "www.example.org", Problem.NAME_NOT_A_NAME),
        ("email", "otto@gmial.com", Problem.EMAIL_LIKELY_SLIP),
        ("latitude", "51.3", Problem.PIN_HALF),
    ],
)
def test_what_is_wrong_names_the_mend(campaign: Campaign, field: str, value: str, problem: Problem) -> None:
    assert wrong(campaign, **{field: value}) == {field: str(WORDS[problem])}


def test_a_date_is_past_by_the_clock_of_the_place(campaign: Campaign) -> None:
    # 9:00 in UTC is 18:00 in Tokyo, and 2:00 in Los Angeles.
    assert set(wrong(campaign, town="Tokyo", date="2026-05-01", time="17:59")) == {"date"}
    announced(campaign, town="Los Angeles, California", date="2026-05-01", time="17:59")


def test_a_town_chosen_from_the_list_counts_until_the_town_is_another(campaign: Campaign) -> None:
    chosen = {"town": "Springfield", "town_asked": "Springfield", "city": "4250542"}  # Illinois
    assert announced(campaign, **chosen).details.where.region == "US-IL"
    assert set(wrong(campaign, **(chosen | {"town_asked": "Springfeld"}))) == {"town"}
    assert announced(campaign, **(chosen | {"town": "Kassel"})).details.where.city == "Kassel"
    assert set(wrong(campaign, **(chosen | {"city": "99999999999999999999"}))) == {"town"}


def test_a_pin_near_the_town_is_taken_and_one_far_away_is_not(campaign: Campaign) -> None:
    where = announced(campaign, latitude="51,3167", longitude="9.5").details.where
    assert (where.latitude, where.longitude) == (51.3167, 9.5)
    for far in ("nan", "91", "0", "inf", "1e999", "-1e999"):
        assert wrong(campaign, latitude=far, longitude="9.5") == {"latitude": str(WORDS[Problem.PIN_FAR])}, far


def test_of_a_private_place_everybody_learns_the_town_alone(campaign: Campaign) -> None:
    found = announced(campaign, private="yes", latitude="51.3201", longitude="9.4789")
    where = found.details.where
    assert (where.city, where.place, where.address) == ("Kassel", "", "")
    # Of the town's middle, not of the pin: the pin's own tenth of a degree would say in which part of the town.
    assert (where.latitude, where.longitude) == (51.3, 9.5)
    assert found.details.is_address_private
    assert found.private == PrivatePlace("Königsplatz", "at the fountain", 51.3201, 9.4789)
    assert set(wrong(campaign, private="yes", place="", address="")) == {"address"}


def test_an_address_that_is_private_is_sealed_online_and_without_a_town_too(campaign: Campaign) -> None:
    online = {"attendance": "2", "online_url": "https://meet.example/night", "private": "yes"}
    for town in ("", "Kassel"):
        found = announced(campaign, town=town, **online)
        where = found.details.where
        assert (where.place, where.address, found.details.is_address_private) == ("", "", True)
        assert found.private == PrivatePlace("Königsplatz", "at the fountain")
    nothing = announced(campaign, town="", place="", address="", **online)
    assert (nothing.details.is_address_private, nothing.private) == (False, PrivatePlace())


def changed(campaign: Campaign, before: Details, sealed: PrivatePlace | None = None, **typed: str) -> Change:
    values = values_of(before, sealed, "en") | typed
    found = read_change(values, campaign=campaign, language="en", days=(), before=before, now=NOW)
    assert isinstance(found, Change), found
    return found


def test_what_becomes_private_is_shown_about_where_its_town_is_not_where_its_pin_was(campaign: Campaign) -> None:
    before = settled(announced(campaign, latitude="51.2201", longitude="9.6789").details)
    found = changed(campaign, before, private="yes")
    assert (found.details.where.latitude, found.details.where.longitude) == (51.3, 9.5)
    assert found.private == PrivatePlace("Königsplatz", "at the fountain", 51.2201, 9.6789)

    nowhere_else = settled(replace(before, where=replace(before.where, city="Xyzzyqwk")))
    hidden = changed(campaign, nowhere_else, private="yes").details.where
    assert (hidden.latitude, hidden.longitude) == (None, None)


def test_of_two_towns_of_one_name_it_is_the_one_by_the_pin(campaign: Campaign) -> None:
    by_the_oder = Where(city="Frankfurt", country="DE", place="Brunnen", latitude=52.31, longitude=14.49)
    before = settled(replace(announced(campaign).details, where=by_the_oder))
    hidden = changed(campaign, before, private="yes").details.where
    assert (hidden.latitude, hidden.longitude) == (52.3, 14.6)


@pytest.mark.parametrize("private", ["", "yes"])
def test_a_rally_without_a_pin_that_is_saved_again_stays_without_one(campaign: Campaign, private: str) -> None:
    found = announced(campaign, private=private)
    before = settled(replace(found.details, where=replace(found.details.where, latitude=None, longitude=None)))
    again = changed(campaign, before, found.private, about="Bring a lantern.")
    assert again.details.where == before.where

    for latitude, longitude in (("1e999", "0"), ("nan", "9"), ("91", "0")):
        values = values_of(before, found.private, "en") | {"latitude": latitude, "longitude": longitude}
        refused = read_change(values, campaign=campaign, language="en", days=(), before=before, now=NOW)
        assert refused == Problems({"latitude": str(WORDS[Problem.PIN_FAR])})


def test_a_private_rally_that_is_saved_again_keeps_about_where_it_is_shown(campaign: Campaign) -> None:
    found = announced(campaign, private="yes")
    before = settled(replace(found.details, where=replace(found.details.where, latitude=51.4, longitude=9.6)))
    assert changed(campaign, before, found.private, about="Bring a lantern.").details.where == before.where


def test_online_needs_an_address_to_join_and_no_town(campaign: Campaign) -> None:
    online = {"attendance": "2", "town": "", "place": "", "address": ""}
    assert set(wrong(campaign, **online)) == {"online_url"}
    details = announced(campaign, **online, online_url="https://meet.example/night").details
    assert (details.attendance, details.zone, details.where.city) == (Attendance.ONLINE, "Europe/Lisbon", "")
    assert announced(campaign, online_url="https://meet.example/").details.online_url == ""


@pytest.mark.parametrize(
    "on,repeat,until,rule",
    [
        ("2026-06-06", "once", "", ""),
        ("2026-06-06", "weekly", "", "FREQ=WEEKLY"),
        ("2026-06-06", "fortnightly", "2026-09-01", "FREQ=WEEKLY;INTERVAL=2;UNTIL=20260901"),
        ("2026-06-06", "monthly", "", "FREQ=MONTHLY;BYDAY=1SA"),
        ("2026-06-30", "monthly", "", "FREQ=MONTHLY;BYDAY=-1TU"),
    ],
)
def test_how_often_becomes_a_rule_and_back(campaign: Campaign, on: str, repeat: str, until: str, rule: str) -> None:
    details = announced(campaign, date=on, repeat=repeat, until=until).details
    assert details.repeat == rule
    values = values_of(details, None, "en")
    assert (values["repeat"], values["until"]) == (repeat, until)


def test_a_rally_on_a_day_of_action_is_part_of_it(campaign: Campaign) -> None:
    day = DayOfAction.objects.create(campaign=campaign, key="june", held_on=date(2026, 6, 6))
    assert announced(campaign, days=[day]).details.day_of_action == day.pk
    assert announced(campaign, days=[day], date="2026-06-07").details.day_of_action is None


def test_a_rally_whose_date_stays_keeps_its_day_of_action_though_that_is_another_day_by_now(campaign: Campaign) -> None:
    day = DayOfAction.objects.create(campaign=campaign, key="june", held_on=date(2026, 6, 6))
    before = settled(announced(campaign, days=[day]).details)
    assert changed(campaign, before, about="Bring a lantern.", time="11:00").details.day_of_action == day.pk
    assert changed(campaign, before, date="2026-06-07").details.day_of_action is None


@pytest.mark.parametrize(
    "typed, on, at",
    [
        ({"about": "Bring a lantern."}, date(2026, 6, 7), time(18)),
        ({"time": "11:00"}, date(2026, 6, 7), time(11)),
        ({"date": "2026-06-05"}, date(2026, 6, 5), time(18)),
    ],
)
def test_a_form_that_was_opened_before_the_rally_moved_moves_nothing_back(
    campaign: Campaign, typed: dict[str, str], on: date, at: time
) -> None:
    before = settled(announced(campaign).details)
    values = values_of(before, None, "en") | typed
    moved = replace(before, first_on=date(2026, 6, 7), wall_time=time(18))
    found = read_change(values, campaign=campaign, language="en", days=(), before=moved, now=NOW)
    assert isinstance(found, Change)
    assert (found.details.first_on, found.details.wall_time) == (on, at)


def test_helpers_are_as_many_as_the_crowd_needs_or_as_the_host_says(campaign: Campaign) -> None:
    asked = {"crowd": "120", "suggest_duties": "yes"}
    assert announced(campaign, **asked).details.duties == {"marshal": 3, "first-aid": 1}
    assert announced(campaign, **asked, **{"duty-marshal": "8"}).details.duties == {"marshal": 8, "first-aid": 1}
    assert announced(campaign, crowd="120").details.duties == {}


def test_a_form_filled_with_a_rally_and_sent_unchanged_changes_nothing(campaign: Campaign) -> None:
    found = announced(
        campaign,
        private="yes",
        latitude="51.3201",
        longitude="9.4789",
        title="Night of the sleeper",
        about="Bring a lantern.\n\nAnd a friend.",
        held_by="Friends of the night train",
        chat_url="https://chat.example/x",
        crowd="120",
        capacity="300",
        suggest_duties="yes",
        **{"language-de": "yes", "language_other": "fr", "access-toilets": "yes"},
    )
    before = settled(found.details)
    values = values_of(before, found.private, "en")
    again = read_change(values, campaign=campaign, language="en", days=(), before=before, now=NOW)
    assert again == Change(before, found.private)
    assert before.chats == (Chat(label="chat.example", url="https://chat.example/x"),)
    assert before.languages == ("de", "fr")


def test_changing_keeps_what_the_form_does_not_show(campaign: Campaign) -> None:
    found = announced(campaign, title="Night of the sleeper").details
    before = settled(
        replace(
            found,
            title={"en": "Night of the sleeper", "de": "Nacht der Schläfer"},
            skipped=(date(2026, 6, 13),),
            repeat="FREQ=DAILY;COUNT=3",
        )
    )
    values = values_of(before, None, "de") | {"title": "Nacht des Schlafwagens"}
    assert values["repeat"] == "keep"
    changed = read_change(values, campaign=campaign, language="de", days=(), before=before, now=NOW)
    assert isinstance(changed, Change)
    assert changed.details.title == {"en": "Night of the sleeper", "de": "Nacht des Schlafwagens"}
    assert (changed.details.skipped, changed.details.repeat) == (before.skipped, before.repeat)
    assert changed.details.where == before.where
