"""Calendars of rallies, read back by icalendar and recurring_ical_events."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from tests.factories import rallies as make
from tests.factories.campaigns import CampaignFactory
from tests.factories.rallies import NOW
from tests.rallies.calendars.reading import Read, events, expanded, parsed
from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.rallies import calendars
from tocsin.rallies.details import Where
from tocsin.rallies.domain.cancel import cancel_date
from tocsin.rallies.domain.reopen import reopen
from tocsin.rallies.domain.writing import change_rally
from tocsin.rallies.models import Broadcast, DayOfAction, Occurrence, Rally
from tocsin.rallies.queries.calendars import dated_rallies, dated_rally
from tocsin.rallies.series import moment_of
from tocsin.rallies.states import Attendance, DateState, State

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)
AUTUMN = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create(languages=["en", "ar"], title={"en": "Night trains"}, contact="office@example.org")


def calendar(campaign: Campaign, *, language: str = "en", now: datetime = NOW, country: str = "") -> bytes:
    head = calendars.Head(name="Night trains: rallies", source="https://example.org/x.ics", colour="#9a3412")
    dated = dated_rallies(campaign, now=now, country=country)
    return calendars.calendar_of_rallies(dated, campaign=campaign, language=language, head=head)


def calendar_of(rally: Rally) -> bytes:
    head = calendars.Head(name="One")
    return calendars.calendar_of_rallies([dated_rally(rally)], campaign=rally.campaign, language="en", head=head)


def change(rally: Rally, original_on: date, *, now: datetime = LATER, **columns: object) -> Occurrence:
    """Change one date of a series as the verbs do."""
    one = rally.occurrences.get(original_on=original_on)
    for name, value in ({"changed_at": now} | columns).items():
        setattr(one, name, value)
    one.starts_at, one.ends_at = moment_of(one.held_on, one.wall_time, one.minutes, rally.zone)
    one.save()
    return one


def stored(rally: Rally) -> list[tuple[datetime, datetime]]:
    return sorted(rally.occurrences.values_list("starts_at", "ends_at"))


def times(read: list[Read]) -> list[tuple[datetime, datetime]]:
    return [(one.starts_at, one.ends_at) for one in read]


def test_a_rally_is_told_whole(campaign: Campaign) -> None:
    rally = make.rally(campaign=campaign, title={"en": "Night trains, now; please"}, about={"en": "First\nthen, last"})
    [event] = events(calendar(campaign))
    assert event.uid == f"{rally.uid}@testserver"
    assert (event.start.isoformat(), str(event.start.tzinfo)) == ("2026-06-06T12:00:00+02:00", "Europe/Berlin")
    assert event.end.isoformat() == "2026-06-06T14:00:00+02:00"
    assert event["SUMMARY"] == "Night trains, now; please"
    assert event["DESCRIPTION"].split("\n")[:3] == ["First", "then, last", "Held by Friends of the night train."]
    assert event["LOCATION"] == "Königsplatz, Kassel, Germany"
    assert (event["GEO"].latitude, event["GEO"].longitude) == (51.3167, 9.5)
    assert event["URL"].endswith(f"/en/{campaign.slug}/rallies/kassel/")
    assert (event["STATUS"], event["TRANSP"]) == ("CONFIRMED", "TRANSPARENT")
    assert event["ORGANIZER"] == "mailto:office@example.org"
    assert event["ORGANIZER"].params["CN"] == "Night trains"
    assert event.categories == ["Night trains"]
    assert (event["DTSTAMP"].dt, event["LAST-MODIFIED"].dt, event["SEQUENCE"]) == (NOW, NOW, 0)


def test_a_calendar_says_what_it_is_and_when_to_look_again(campaign: Campaign) -> None:
    make.rally(campaign=campaign)
    found = parsed(calendar(campaign))
    assert found["NAME"] == found["X-WR-CALNAME"] == "Night trains: rallies"
    assert found["SOURCE"] == "https://example.org/x.ics"
    assert found["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert found["X-PUBLISHED-TTL"] == "PT1H"
    assert (found["COLOR"], found["VERSION"]) == ("saddlebrown", "2.0")
    assert "METHOD" not in found


def test_lines_are_folded_at_75_octets_within_no_character_and_end_with_crlf(campaign: Campaign) -> None:
    make.rally(campaign=campaign, title={"en": "Нічні потяги для всіх " * 6}, about={"en": "日本語" * 90})
    body = calendar(campaign)
    lines = body.split(b"\r\n")
    assert lines.pop() == b""
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) == 75
    assert all(line.decode() for line in lines)
    assert events(body)[0]["SUMMARY"] == ("Нічні потяги для всіх " * 6).strip()


def test_a_weekly_series_keeps_its_hour_over_both_changes_of_the_clocks(campaign: Campaign) -> None:
    sundays: dict[str, Any] = {"first_on": date(2026, 9, 20), "wall_time": time(18), "repeat": "FREQ=WEEKLY;COUNT=28"}
    rally = make.rally(campaign=campaign, now=AUTUMN, **sundays)
    read = expanded(calendar(campaign))
    assert times(read) == stored(rally)
    assert [one.starts_at.hour for one in read] == [16] * 5 + [17] * 22 + [16]


def test_a_series_with_a_skipped_a_cancelled_a_moved_and_an_elsewhere_date_and_an_end(campaign: Campaign) -> None:
    rally = make.rally(
        campaign=campaign,
        now=AUTUMN,
        first_on=date(2026, 10, 2),
        wall_time=time(19, 30),
        zone="America/New_York",
        where=Where(city="Hartford", country="US", region="US-CT", place="Bushnell Park"),
        repeat="FREQ=WEEKLY;UNTIL=20261127",
        skipped=(date(2026, 10, 9),),
    )
    change(rally, date(2026, 10, 16), state=DateState.CANCELLED, note="The park is closed.")
    change(rally, date(2026, 10, 30), held_on=date(2026, 11, 1), wall_time=time(11))
    change(rally, date(2026, 11, 13), place="Old State House", latitude=41.76, longitude=-72.67)
    body = calendar(campaign)
    read = expanded(body)
    assert times(read) == stored(rally)
    assert len(read) == 8
    assert [one.status for one in read] == ["CONFIRMED", "CANCELLED", *["CONFIRMED"] * 6]
    assert [one.location for one in read if one.location != "Bushnell Park, Hartford, United States"] == [
        "Old State House, Hartford, United States"
    ]
    assert read[3].starts_at == datetime(2026, 11, 1, 16, tzinfo=UTC)  # the day the clocks go back
    master, cancelled, moved, elsewhere = events(body)
    assert {one.uid for one in (master, cancelled, moved, elsewhere)} == {f"{rally.uid}@testserver"}
    assert master["RRULE"].to_ical() == b"FREQ=WEEKLY;UNTIL=20261128T003000Z"
    assert cancelled["SUMMARY"] == "CANCELLED – Night trains: Hartford"
    assert cancelled["DESCRIPTION"].split("\n")[:2] == ["This date is cancelled.", "The park is closed."]
    assert cancelled["RECURRENCE-ID"].dt.isoformat() == "2026-10-16T19:30:00-04:00"
    assert elsewhere["GEO"].latitude == 41.76


@pytest.mark.django_db(transaction=True)
def test_every_change_of_a_date_moves_the_sequence_and_putting_it_back_moves_it_on(campaign: Campaign) -> None:
    rally = make.rally(campaign=campaign, repeat="FREQ=WEEKLY")
    one = rally.occurrences.get(original_on=date(2026, 6, 13))
    [before] = events(calendar(campaign))
    assert cancel_date(rally=rally.pk, date=one.pk, note="", now=LATER)
    master, cancelled = events(calendar(campaign))
    assert reopen(rally=rally.pk, date=one.pk, note="", now=LATER + timedelta(minutes=5))
    [after] = events(calendar(campaign))
    assert (before["SEQUENCE"], cancelled["SEQUENCE"], master["SEQUENCE"], after["SEQUENCE"]) == (0, 3601, 3601, 3902)
    assert after["LAST-MODIFIED"].dt == LATER + timedelta(minutes=5)


def test_a_big_change_moves_the_sequence(campaign: Campaign) -> None:
    rally = make.rally(campaign=campaign)
    with db.transaction():
        change_rally(rally=rally, details=make.details(wall_time=time(15)), now=NOW + timedelta(seconds=9))
    [event] = events(calendar(campaign))
    assert event["SEQUENCE"] == 10
    assert event.start.hour == 15


def test_a_rally_that_was_moved_to_another_day_is_one_event_still(campaign: Campaign) -> None:
    rally = make.rally(campaign=campaign)
    with db.transaction():
        change_rally(rally=rally, details=make.details(first_on=date(2026, 6, 7)), now=LATER)
    assert rally.occurrences.count() == 2
    [event] = events(calendar(campaign))
    assert (event.start.date(), event["STATUS"]) == (date(2026, 6, 7), "CONFIRMED")
    assert "RECURRENCE-ID" not in event


def test_a_series_whose_rule_changed_still_shows_what_was_and_what_is_cancelled(campaign: Campaign) -> None:
    rally = make.rally(campaign=campaign, first_on=date(2026, 5, 2), repeat="FREQ=WEEKLY;COUNT=6")
    with db.transaction():
        details = make.details(first_on=date(2026, 5, 17), wall_time=time(16), repeat="FREQ=WEEKLY;COUNT=3")
        change_rally(rally=rally, details=details, now=datetime(2026, 5, 10, tzinfo=UTC))
    read = expanded(calendar(campaign))
    assert times(read) == stored(rally)
    states = dict(rally.occurrences.values_list("starts_at", "state"))
    assert [one.status == "CANCELLED" for one in read] == [states[one.starts_at] == DateState.CANCELLED for one in read]
    assert {one.status for one in read} == {"CONFIRMED", "CANCELLED"}


def test_a_cancelled_rally_stays_for_a_month_after_its_date_and_then_goes(campaign: Campaign) -> None:
    rally = make.rally(campaign=campaign)
    change(rally, rally.first_on, state=DateState.CANCELLED)
    over = datetime(2026, 6, 6, 12, tzinfo=UTC)
    [event] = events(calendar(campaign, now=over + timedelta(days=29)))
    assert (event["STATUS"], event["SUMMARY"]) == ("CANCELLED", "CANCELLED – Night trains: Kassel")
    assert event["TRANSP"] == "TRANSPARENT"
    assert events(calendar(campaign, now=over + timedelta(days=31))) == []


def test_a_series_that_is_wholly_cancelled_is_cancelled_as_a_whole(campaign: Campaign) -> None:
    rally = make.rally(campaign=campaign, repeat="FREQ=WEEKLY", state=State.APPROVED)
    rally.occurrences.update(state=DateState.CANCELLED, changed_at=LATER)
    Rally.objects.update(state=State.ENDED)
    [event] = events(calendar(campaign))
    assert event["STATUS"] == "CANCELLED"
    assert {one.status for one in expanded(calendar(campaign))} == {"CANCELLED"}


def test_a_series_that_has_ended_goes_on_no_further_than_its_rows(campaign: Campaign) -> None:
    rally = make.rally(campaign=campaign, repeat="FREQ=WEEKLY")
    rally.occurrences.filter(starts_at__gt=datetime(2026, 7, 1, tzinfo=UTC)).update(state=DateState.CANCELLED)
    Rally.objects.update(state=State.ENDED)
    read = expanded(calendar(campaign))
    assert times(read) == stored(rally)
    assert [one.status for one in read].count("CONFIRMED") == 4


def test_a_postponed_date_is_tentative_and_says_so(campaign: Campaign) -> None:
    rally = make.rally(campaign=campaign)
    change(rally, rally.first_on, state=DateState.POSTPONED)
    [event] = events(calendar(campaign))
    assert (event["STATUS"], event["SUMMARY"]) == ("TENTATIVE", "POSTPONED – Night trains: Kassel")


def test_a_private_address_is_its_town_alone(campaign: Campaign) -> None:
    rally = make.rally(
        campaign=campaign,
        is_address_private=True,
        where=Where(city="Kassel", country="DE", place="At Otto's", latitude=51.31667, longitude=9.49831),
    )
    body = calendar(campaign)
    [event] = events(body)
    assert event["LOCATION"] == "Kassel, Germany"
    assert (event["GEO"].latitude, event["GEO"].longitude) == (51.3, 9.5)
    assert b"Otto" not in body
    one = rally.occurrences.get()
    exact = calendars.ExactPlace("At Otto's, Elm Road 3, Kassel", 51.31667, 9.49831)
    [told] = events(calendars.one_ics(one, rally, campaign, "en", exact_place=exact))
    assert (told["LOCATION"], told["GEO"].latitude) == ("At Otto's, Elm Road 3, Kassel", 51.31667)


def test_an_online_rally_says_how_to_join(campaign: Campaign) -> None:
    make.rally(
        campaign=campaign,
        attendance=Attendance.ONLINE,
        online_url="https://meet.example.org/a,b;c?x=1",
        where=Where(),
        zone="UTC",
    )
    [event] = events(calendar(campaign))
    assert event["LOCATION"] == "Online"
    assert event["CONFERENCE"] == "https://meet.example.org/a,b;c?x=1"
    assert "Join at https://meet.example.org/a,b;c?x=1" in event["DESCRIPTION"]


def test_what_waits_at_the_desk_or_was_refused_is_in_no_calendar(campaign: Campaign) -> None:
    for state in (State.ASKED, State.ANNOUNCED, State.RETURNED, State.REFUSED):
        make.rally(campaign=campaign, state=state)
    assert events(calendar(campaign)) == []


def test_quinns_rallies_are_not_in_noors_calendar(campaign: Campaign) -> None:
    quinns = make.rally()
    make.rally(campaign=campaign)
    assert quinns.uid not in calendar(campaign).decode()


def test_one_date_of_a_series_says_which_and_how_it_is_meant(campaign: Campaign) -> None:
    rally = make.rally(campaign=campaign, repeat="FREQ=WEEKLY")
    one = rally.occurrences.get(original_on=date(2026, 6, 13))
    body = calendars.one_ics(one, rally, campaign, "en", method="CANCEL")
    assert parsed(body)["METHOD"] == "CANCEL"
    [event] = events(body)
    assert event["RECURRENCE-ID"].dt == event.start
    assert "TRANSP" not in event
    assert "RRULE" not in event


def test_the_dates_that_somebody_goes_to_are_one_calendar(campaign: Campaign) -> None:
    kassel = make.rally(campaign=campaign, repeat="FREQ=WEEKLY")
    lisbon = make.rally(where=make.LISBON, zone="Europe/Lisbon")
    dates = [kassel.occurrences.all()[1], lisbon.occurrences.get()]
    body = calendars.calendar_of(dates, language="en", head=calendars.Head(name="Mine", source="https://x.org/mine"))
    assert [one.uid for one in events(body)] == [f"{one.uid}@testserver" for one in (kassel, lisbon)]
    assert [str(one["TZID"]) for one in parsed(body).walk("VTIMEZONE")] == ["Europe/Berlin", "Europe/Lisbon"]


def test_a_hostile_title_ends_no_line(campaign: Campaign) -> None:
    rally = make.rally(campaign=campaign)
    Rally.objects.update(title={"en": "A\r\nATTENDEE:mailto:x@example.org\r\nEND:VEVENT"}, held_by='"; X=1:\\')
    [event] = events(calendar_of(Rally.objects.get(pk=rally.pk)))
    assert "ATTENDEE" not in event
    assert event["SUMMARY"] == "A\nATTENDEE:mailto:x@example.org\nEND:VEVENT"


def test_what_is_read_for_thousands_says_the_same_as_what_is_read_for_one(campaign: Campaign) -> None:
    day = DayOfAction.objects.create(campaign=campaign, key="june", held_on=date(2026, 6, 6), title={"en": "June"})
    broadcast = Broadcast(campaign=campaign, text={"en": "Bring water."}, sent_at=LATER, country="DE")
    usual: dict[str, Any] = {"campaign": campaign, "about": {"en": "Tea"}, "until_note": {"en": "Until they run"}}
    make.rally(**usual, is_address_private=True, day_of_action=day.pk)
    make.rally(**usual, title={"en": "On screen"}, attendance=Attendance.BOTH, online_url="https://meet.example/")
    weekly = make.rally(**usual, repeat="FREQ=WEEKLY", skipped=(date(2026, 6, 20),))
    change(weekly, date(2026, 6, 13), held_on=date(2026, 6, 14), note="A day later")
    change(weekly, date(2026, 6, 27), state=DateState.CANCELLED)
    told: dict[str, Any] = {
        "campaign": campaign,
        "language": "en",
        "head": calendars.Head(name="x"),
        "broadcasts": [broadcast],
    }

    instances = [dated_rally(one) for one in Rally.objects.order_by("first_on", "wall_time", "pk")]
    read = calendars.calendar_of_rallies(dated_rallies(campaign, now=NOW), **told)
    assert read == calendars.calendar_of_rallies(instances, **told)
    assert b"Bring water." in read


@pytest.mark.parametrize("number", [1, 3])
def test_a_calendar_costs_two_queries_however_many_rallies_it_has(
    campaign: Campaign, number: int, django_assert_num_queries: object
) -> None:
    for _ in range(number):
        make.rally(campaign=campaign, repeat="FREQ=WEEKLY")
    with django_assert_num_queries(2):  # type: ignore[operator]  # pytest-django's fixture is a callable
        assert len(events(calendar(campaign))) == number


def test_a_calendar_speaks_its_language(campaign: Campaign) -> None:
    make.rally(campaign=campaign)
    assert "ألمانيا" in events(calendar(campaign, language="ar"))[0]["LOCATION"]


def test_a_country_has_a_calendar_of_its_own(campaign: Campaign) -> None:
    make.rally(campaign=campaign)
    lisbon = make.rally(campaign=campaign, where=make.LISBON, zone="Europe/Lisbon")
    assert [one.uid for one in events(calendar(campaign, country="PT"))] == [f"{lisbon.uid}@testserver"]


@pytest.mark.parametrize(
    "on, wall_time, minutes",
    [
        (date(2027, 10, 31), time(2, 30), 60),  # ends at 02:30 again
        (date(2027, 10, 31), time(1, 30), 75),  # ends in the hour that comes twice, the first time
        (date(2027, 10, 31), time(1), 180),
        (date(2027, 3, 28), time(2, 30), 60),  # begins in the hour that the clock skips
        (date(2027, 3, 28), time(1, 30), 120),
    ],
)
def test_a_date_in_the_night_of_a_change_of_the_clocks_is_as_long_as_it_is(
    campaign: Campaign, on: date, wall_time: time, minutes: int
) -> None:
    rally = make.rally(campaign=campaign, first_on=on, wall_time=wall_time, minutes=minutes)
    assert times(expanded(calendar(campaign))) == stored(rally)


def test_a_series_that_begins_in_such_a_night_is_as_long_on_every_other_date(campaign: Campaign) -> None:
    hour: dict[str, Any] = {"wall_time": time(2, 30), "minutes": 60, "now": datetime(2027, 10, 1, tzinfo=UTC)}
    rally = make.rally(campaign=campaign, first_on=date(2027, 10, 31), repeat="FREQ=WEEKLY;COUNT=3", **hour)
    body = calendar(campaign, now=datetime(2027, 10, 1, tzinfo=UTC))
    assert b"DURATION:PT60M" in body
    assert times(expanded(body))[1:] == stored(rally)[1:]
