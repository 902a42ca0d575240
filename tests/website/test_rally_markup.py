"""What search engines read of a rally: schema.org's Event, with its time's offset, its state and its place."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
import pytest

from tests import factories
from tests.factories import rallies as factory
from tests.factories.rallies import NOW
from tocsin.campaigns.models import Campaign
from tocsin.rallies.details import Where
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.states import Attendance, DateState
from tocsin.website.poster import poster_of
from tocsin.website.rally_markup import event_of, schedule_of, script_of, series_of
from tocsin.website.rally_pages import dates_of

pytestmark = pytest.mark.django_db(transaction=True)

CAMPAIGN = {
    "@type": "EventSeries",
    "name": "Bring back the night trains",
    "url": "http://testserver/en/night-trains/",
    "organizer": [{"@type": "Organization", "name": "Rail Union", "url": "https://rail.example/"}],
}


@pytest.fixture
def trains() -> Campaign:
    campaign = factories.CampaignFactory.create(slug="night-trains")
    factories.OrganisationFactory.create(campaign=campaign, name="Rail Union", url="https://rail.example/")
    return campaign


def event(rally: Rally) -> dict[str, Any]:
    """Return what is said of a rally's first date."""
    poster = poster_of(rally.campaign, "en", now=NOW)
    rows = Occurrence.objects.filter(rally=rally).select_related("rally__campaign").order_by("starts_at")
    return event_of(dates_of(rows, poster)[0], poster)


def change(of: Rally, **columns: Any) -> None:
    Occurrence.objects.filter(rally=of).update(**columns)


def test_one_date_is_an_event_with_everything_that_is_known_of_it(trains: Campaign) -> None:
    rally = factory.rally(campaign=trains, about={"en": "Bring blankets."}, capacity=100, languages=("de", "en"))
    change(rally, coming=30)

    assert event(rally) == {
        "@type": "Event",
        "name": "Bring back the night trains: Kassel",
        "url": "http://testserver/en/night-trains/rallies/kassel/",
        "startDate": "2026-06-06T12:00:00+02:00",
        "endDate": "2026-06-06T14:00:00+02:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": "Königsplatz",
            "address": {"@type": "PostalAddress", "addressLocality": "Kassel", "addressCountry": "DE"},
            "geo": {"@type": "GeoCoordinates", "latitude": 51.3167, "longitude": 9.5},
        },
        "description": "Bring blankets.",
        "image": ["http://testserver/en/night-trains/rallies/kassel/2026-06-06/card.png"],
        "inLanguage": ["de", "en"],
        "isAccessibleForFree": True,
        "organizer": {"@type": "Organization", "name": "Friends of the night train"},
        "sponsor": CAMPAIGN["organizer"],
        "maximumAttendeeCapacity": 100,
        "remainingAttendeeCapacity": 70,
        "superEvent": CAMPAIGN,
    }


def test_what_is_required_of_an_event_is_there_for_a_rally_that_says_next_to_nothing(trains: Campaign) -> None:
    rally = factory.rally(campaign=trains, where=Where(city="Kassel", country="DE"), held_by="", languages=())
    said = event(rally)

    assert {"name", "startDate", "location"} <= said.keys()
    assert said["location"]["name"] == "Kassel"
    assert said["organizer"] == CAMPAIGN["organizer"]
    assert "sponsor" not in said
    assert all(value not in (None, "", []) for value in said.values())


@pytest.mark.parametrize(
    "state, status, previous",
    [
        (DateState.CANCELLED, "EventCancelled", None),
        (DateState.POSTPONED, "EventPostponed", "2026-06-06T12:00:00+02:00"),
    ],
)
def test_what_is_cancelled_or_postponed_says_so(
    trains: Campaign, state: DateState, status: str, previous: str | None
) -> None:
    rally = factory.rally(campaign=trains)
    change(rally, state=state)
    said = event(rally)

    assert said["eventStatus"] == f"https://schema.org/{status}"
    assert said.get("previousStartDate") == previous
    assert said["startDate"] == "2026-06-06T12:00:00+02:00"


def test_a_moved_date_says_when_it_was_to_be_on_that_days_clock(trains: Campaign) -> None:
    rally = factory.rally(campaign=trains, first_on=date(2026, 10, 24))
    moved = datetime(2026, 10, 25, 11, tzinfo=UTC)
    change(rally, held_on=date(2026, 10, 25), starts_at=moved, ends_at=moved + timedelta(hours=2))
    said = event(rally)

    assert said["eventStatus"] == "https://schema.org/EventRescheduled"
    assert said["previousStartDate"] == "2026-10-24T12:00:00+02:00"
    assert said["startDate"] == "2026-10-25T12:00:00+01:00"  # summer time ended that night


@pytest.mark.parametrize(
    "attendance, mode, kinds",
    [
        (Attendance.IN_PERSON, "Offline", ["Place"]),
        (Attendance.ONLINE, "Online", ["VirtualLocation"]),
        (Attendance.BOTH, "Mixed", ["Place", "VirtualLocation"]),
    ],
)
def test_where_people_come_is_a_place_an_address_online_or_both(
    trains: Campaign, attendance: Attendance, mode: str, kinds: list[str]
) -> None:
    said = event(factory.rally(campaign=trains, attendance=attendance, online_url="https://meet.example/1"))
    location = said["location"] if isinstance(said["location"], list) else [said["location"]]

    assert said["eventAttendanceMode"] == f"https://schema.org/{mode}EventAttendanceMode"
    assert [one["@type"] for one in location] == kinds
    assert [one["url"] for one in location if one["@type"] == "VirtualLocation"] == ["https://meet.example/1"][
        : kinds.count("VirtualLocation")
    ]


def test_of_a_private_address_only_the_town_is_said(trains: Campaign) -> None:
    rally = factory.rally(campaign=trains, is_address_private=True)
    change(rally, address="Secret Lane 7", latitude=51.31671, longitude=9.50001)

    assert event(rally)["location"] == {
        "@type": "Place",
        "name": "Kassel",
        "address": {"@type": "PostalAddress", "addressLocality": "Kassel", "addressCountry": "DE"},
    }


def test_a_date_of_a_series_names_the_series_its_rule_and_the_campaign(trains: Campaign) -> None:
    rally = factory.rally(
        campaign=trains, repeat="FREQ=MONTHLY;INTERVAL=2;BYDAY=SA,1MO;UNTIL=20261231", skipped=(date(2026, 6, 20),)
    )
    said = event(rally)

    assert said["url"] == "http://testserver/en/night-trains/rallies/kassel/2026-06-06/"
    assert said["superEvent"] == {
        "@type": "EventSeries",
        "name": "Bring back the night trains: Kassel",
        "url": "http://testserver/en/night-trains/rallies/kassel/",
        "eventSchedule": {
            "@type": "Schedule",
            "repeatFrequency": "P2M",
            "byDay": ["https://schema.org/Saturday", "1MO"],
            "startDate": "2026-06-06",
            "endDate": "2026-12-31",
            "startTime": "12:00:00",
            "duration": "PT120M",
            "scheduleTimezone": "Europe/Berlin",
            "exceptDate": ["2026-06-20T12:00:00"],
        },
        "superEvent": CAMPAIGN,
    }


def test_a_rule_is_said_with_its_count_months_and_days(trains: Campaign) -> None:
    rally = factory.rally(campaign=trains, repeat="FREQ=YEARLY;COUNT=3;BYMONTH=6,7;BYMONTHDAY=6", wall_time=time(9))
    said = schedule_of(rally)

    assert (said["repeatFrequency"], said["repeatCount"]) == ("P1Y", 3)
    assert (said["byMonth"], said["byMonthDay"]) == ([6, 7], [6])


def test_a_list_is_the_campaign_as_a_series_of_its_dates(trains: Campaign) -> None:
    factory.rally(campaign=trains)
    factory.rally(campaign=trains, attendance=Attendance.ONLINE, online_url="https://meet.example/1")
    poster = poster_of(trains, "en", now=NOW)
    rows = Occurrence.objects.select_related("rally__campaign").order_by("pk")
    said = series_of(poster, dates_of(rows, poster))

    assert {name: said[name] for name in CAMPAIGN} == CAMPAIGN
    assert [one["location"]["@type"] for one in said["subEvent"]] == ["Place", "VirtualLocation"]
    assert {one["@type"] for one in said["subEvent"]} == {"Event"}


@pytest.mark.parametrize(
    "text", ["</script><script>alert(1)</script>", "<!--<script>", '\u2028&amp;"\\', "@@slot:count@@"]
)
def test_no_text_ends_the_block_and_every_text_is_read_back_as_it_was(text: str) -> None:
    made = script_of({"name": text})
    found = re.fullmatch(r'<script type="application/ld\+json">([^<>&@\u2028]*)</script>', made)

    assert found is not None
    assert orjson.loads(found[1]) == {"@context": "https://schema.org", "name": text}


def test_a_past_date_was_not_moved_because_its_series_has_another_hour_now(trains: Campaign) -> None:
    rally = factory.rally(campaign=trains, first_on=date(2026, 4, 18), repeat="FREQ=WEEKLY;COUNT=8")
    Rally.objects.filter(pk=rally.pk).update(wall_time=time(18))
    said = event(rally)
    assert (said["eventStatus"], "previousStartDate" in said) == ("https://schema.org/EventScheduled", False)
    first = Occurrence.objects.filter(rally=rally, original_on=date(2026, 4, 18))
    first.update(held_on=date(2026, 4, 19))
    said = event(rally)
    assert said["eventStatus"] == "https://schema.org/EventRescheduled"
    assert said["previousStartDate"] == "2026-04-18"  # its hour then is not known any more
