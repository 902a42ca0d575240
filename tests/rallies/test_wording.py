from datetime import date, time

import pytest

from tests import factories
from tests.factories import rallies as factory
from tocsin.rallies import wording
from tocsin.rallies.details import Where
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.states import Attendance

pytestmark = pytest.mark.django_db(transaction=True)


def only(of: Rally) -> Occurrence:
    return Occurrence.objects.get(rally=of)


def test_a_rally_without_a_title_is_called_as_its_campaign_and_town() -> None:
    campaign = factories.CampaignFactory.create()
    rally = factory.rally(campaign=campaign)

    assert wording.title_in(rally, "en", campaign) == "Bring back the night trains: Kassel"
    assert wording.title_in(rally, "es", campaign) == "Que vuelvan los trenes nocturnos: Kassel"


def test_its_own_title_is_said_in_every_language() -> None:
    campaign = factories.CampaignFactory.create()
    rally = factory.rally(campaign=campaign, title={"de": "Der Nachtzug kommt"})

    assert wording.title_in(rally, "en", campaign) == "Der Nachtzug kommt"


def test_day_and_hours_are_those_on_the_clock_of_the_place() -> None:
    rally = factory.rally()
    occurrence = only(rally)

    assert wording.day_in(occurrence, "en") == "Saturday, June 6, 2026"
    assert wording.day_in(occurrence, "es") == "sábado, 6 de junio de 2026"
    assert wording.hours_in(occurrence, rally.zone, "es") == "12:00 – 14:00"
    assert wording.clock_of(occurrence, rally.zone) == "Europe/Berlin, UTC+2"


@pytest.mark.parametrize(
    "zone, clock",
    [
        ("America/New_York", "America/New York, UTC−4"),
        ("Asia/Kathmandu", "Asia/Kathmandu, UTC+05:45"),
        ("UTC", "UTC, UTC+0"),
    ],
)
def test_a_zone_is_said_with_its_distance_from_utc(zone: str, clock: str) -> None:
    rally = factory.rally(zone=zone)

    assert wording.clock_of(only(rally), zone) == clock


def test_a_night_says_on_which_day_it_ends() -> None:
    rally = factory.rally(wall_time=time(20), minutes=24 * 60 + 60)

    assert wording.hours_in(only(rally), rally.zone, "es") == "20:00 – 7 jun, 21:00"


def test_a_place_is_said_on_one_line() -> None:
    rally = factory.rally()

    assert wording.place_in(rally, None, "en") == "Königsplatz, Kassel, Germany"


def test_a_date_that_is_held_elsewhere_says_where() -> None:
    rally = factory.rally()
    occurrence = only(rally)
    occurrence.place = "Friedrichsplatz"

    assert wording.place_in(rally, occurrence, "es") == "Friedrichsplatz, Kassel, Alemania"


def test_of_a_private_rally_the_town_alone_is_said_whatever_a_date_holds() -> None:
    rally = factory.rally(is_address_private=True)
    occurrence = only(rally)
    occurrence.place, occurrence.address = "The old mill", "Mill Lane 3"

    assert wording.place_in(rally, occurrence, "en") == "Kassel, Germany"


def test_online_is_a_place() -> None:
    rally = factory.rally(where=Where(), attendance=Attendance.ONLINE, online_url="https://talk.example.org")

    assert wording.place_in(rally, None, "en") == "Online"
    assert wording.title_in(rally, "en", rally.campaign) == "Bring back the night trains: Online"


def test_what_the_host_writes_is_said_with_its_language() -> None:
    rally = factory.rally(first_on=date(2026, 6, 6), about={"de": "Wir treffen uns am Brunnen."})

    assert wording.about_in(rally, "en") == ("Wir treffen uns am Brunnen.", "de")
    assert wording.about_in(factory.rally(), "en") == ("", "")
