"""Rallies go into a campaign and come out of it as the file had them."""

import tomllib
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import rallies as factories
from tocsin.campaigns import domain
from tocsin.campaigns.campaign_file import read_campaign_file
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.refusals import RefusedError
from tocsin.rallies import keys
from tocsin.rallies.campaign_file import RALLIES
from tocsin.rallies.hosts import place_in
from tocsin.rallies.models import DayOfAction, Occurrence, Rally
from tocsin.rallies.states import DateState, State

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
FILES = Path(__file__).parent.parent.parent / "campaigns" / "files"
pytestmark = pytest.mark.django_db

SERIES = """
[campaign]
slug = "sleeper-cars"
languages = ["en"]
title = "Bring back the sleeper cars"

[[rallies]]
slug = "hartford"
city = "Hartford"
region = "US-CT"
country = "US"
starts = 2026-03-03T12:00:00
minutes = 60
repeat = "FREQ=WEEKLY"
skipped = [2026-03-17]
until_note = "Every week until the sleeper runs"
drums = 3
dates = [
  { on = 2026-04-07, state = "cancelled", note = "The station is closed." },
  { on = 2026-04-14, moved_to = 2026-04-15T18:00:00, place = "Town hall", position = [41.76, -72.67] },
]

[[rallies]]
city = "Hartford"
region = "US-CT"
country = "US"
starts = 2026-03-04T12:00:00
repeat = "FREQ=WEEKLY"
ended = true
private_address = true
"""


def put_up(text: str, now: datetime = NOW) -> Campaign:
    file = read_campaign_file(text.encode(), [RALLIES])
    return domain.import_campaign(file=file, owner=None, now=now)


def exported(campaign: Campaign) -> str:
    return domain.export_campaign(campaign=Campaign.objects.get(pk=campaign.pk), parts=[RALLIES])


def rows(campaign: Campaign) -> dict[str, list[dict[str, Any]]]:
    """Return everything stored of a campaign's rallies, but for the numbers of rows."""
    days = list(DayOfAction.objects.filter(campaign=campaign).order_by("pk"))
    rallies = list(Rally.objects.filter(campaign=campaign).order_by("pk"))
    dates = list(Occurrence.objects.filter(rally__in=rallies).order_by("rally", "original_on"))
    keys: dict[Any, str] = {day.pk: day.key for day in days}
    slugs: dict[Any, str] = {one.pk: one.slug for one in rallies}

    def plain(row: Any) -> dict[str, Any]:
        kept = {name: value for name, value in vars(row).items() if name not in {"_state", "id", "campaign_id"}}
        return kept | {
            "day_of_action_id": keys.get(kept.get("day_of_action_id")),
            "rally_id": slugs.get(kept.get("rally_id")),
        }

    return {"days": [*map(plain, days)], "rallies": [*map(plain, rallies)], "dates": [*map(plain, dates)]}


@pytest.mark.parametrize("text", [*((FILES / f"{one}.toml").read_text() for one in ("rally", "worldwide")), SERIES])
def test_an_export_gives_the_same_rows_on_another_server(text: str) -> None:
    campaign = put_up(text)
    before, written, carried = rows(campaign), exported(campaign), campaign.carried
    assert before["rallies"]
    campaign.delete()
    twin = put_up(written)
    assert rows(twin) == before
    assert twin.carried == carried
    assert exported(twin) == written


def test_the_shape_of_a_worldwide_day_comes_in_whole() -> None:
    campaign = put_up((FILES / "worldwide.toml").read_text())
    shown = Rally.objects.filter(campaign=campaign, state=State.APPROVED).order_by("pk")
    assert [(one.city, one.country, one.zone, one.wall_time, one.is_main) for one in shown] == [
        ("Berlin", "DE", "Europe/Berlin", time(20), True),
        ("Madrid", "ES", "Europe/Madrid", time(20), False),
        ("Cairo", "EG", "Africa/Cairo", time(20), False),
        ("Oslo", "NO", "Europe/Oslo", time(20), False),
    ]
    starts = [occurrence.starts_at.hour for one in shown for occurrence in one.occurrences.all()]
    assert starts == [18, 18, 17, 18]


def test_a_series_has_its_dates_those_of_its_own_too() -> None:
    campaign = put_up(SERIES)
    going, ended = Rally.objects.filter(campaign=campaign).order_by("pk")
    dates = {one.original_on: one for one in going.occurrences.all()}
    assert date(2026, 3, 17) not in dates
    assert (dates[date(2026, 4, 7)].state, dates[date(2026, 4, 7)].note) == (
        DateState.CANCELLED,
        "The station is closed.",
    )
    moved = dates[date(2026, 4, 14)]
    assert (moved.starts_at, moved.place) == (datetime(2026, 4, 15, 22, 0, tzinfo=UTC), "Town hall")
    assert max(dates) > date(2026, 9, 1)
    assert (ended.state, ended.approved_on, ended.slug) == (State.ENDED, NOW.date(), "hartford-2")
    assert max(one.held_on for one in ended.occurrences.all()) == date(2026, 3, 25)
    assert campaign.carried == {"rallies": {"hartford": {"drums": 3}}}


def test_a_date_that_its_rule_does_not_give_is_one_all_the_same() -> None:
    rally = put_up(SERIES.replace("on = 2026-04-07", "on = 2026-04-08")).rallies.get(slug="hartford")
    assert rally.occurrences.get(original_on=date(2026, 4, 8)).campaign == rally.campaign


def test_an_address_that_the_file_names_is_its_own_whatever_the_towns_before_it_are_called() -> None:
    first, second = SERIES.split("[[rallies]]")[1:]
    campaign = put_up("[[rallies]]".join([SERIES.split("[[rallies]]", maxsplit=1)[0], second, first]))
    assert set(campaign.rallies.filter(minutes=60).values_list("slug", flat=True)) == {"hartford"}


def test_a_private_place_is_sealed_and_no_part_of_an_export() -> None:
    where = 'place = "The blue door"\naddress = "Example Road 1"\nprivate_address = true\n'
    text = SERIES.replace("minutes = 60\n", where)
    campaign = put_up(text)
    rally = campaign.rallies.get(slug="hartford")
    assert (rally.place, rally.address, rally.latitude, rally.longitude) == ("", "", 41.8, -72.7)
    private = place_in(rally.pk, rally.sealed_place)
    assert private is not None
    assert (private.place, private.address, private.latitude) == ("The blue door", "Example Road 1", None)
    assert not rally.occurrences.exclude(place="", address="", latitude=None, longitude=None).exists()
    assert "blue door" not in exported(campaign)
    rally.occurrences.update(place="The red door", address="Example Road 2", latitude=41.71, longitude=-72.61)
    assert not [one for one in ("Example Road", "red door", "41.71") if one in exported(campaign)]


def test_an_exact_pin_that_is_private_does_not_come_back_rounded_as_an_exact_one() -> None:
    where = "private_address = true\nposition = [41.7658, -72.6734]\n"
    campaign = put_up(SERIES.replace("minutes = 60\n", where))
    rally = campaign.rallies.get(slug="hartford")
    private = place_in(rally.pk, rally.sealed_place)
    assert private is not None
    assert (private.latitude, private.longitude) == (41.7658, -72.6734)
    again = put_up(exported(campaign).replace('"sleeper-cars"', '"sleeper-cars-2"')).rallies.get(slug="hartford")
    assert (again.latitude, again.longitude, again.sealed_place) == (41.8, -72.7, None)


def test_storing_three_costs_no_more_questions_than_one() -> None:
    asked = []
    for slug, towns in (("one", '"Lisbon, PT"'), ("three", '"Lisbon, PT", "Kassel, DE", "Évora, PT"')):
        head = SERIES.partition("[[rallies]]")[0].replace("sleeper-cars", slug)
        text = f"{head}[[rallies]]\ncities = [{towns}]\nstarts = 2026-06-06T12:00:00\nprivate_address = true\n"
        text += 'place = "The blue door"\ndates = [{ on = 2026-06-06, note = "Come early." }]\n'
        with CaptureQueriesContext(connection) as queries:
            put_up(text)
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert Occurrence.objects.filter(note="Come early.").count() == 4


def test_the_private_place_of_what_is_over_is_dropped() -> None:
    where = 'address = "Example Road 1"\nprivate_address = true\n'
    text = SERIES.replace("minutes = 60\n", where).replace("FREQ=WEEKLY", "FREQ=WEEKLY;COUNT=2")
    rally = put_up(text.replace("2026-04", "2026-03")).rallies.get(slug="hartford")
    assert (rally.is_address_private, rally.sealed_place) == (True, None)
    assert not keys.path_of(rally.pk).exists()


def test_a_copy_on_the_same_server_has_names_of_its_own_in_calendars() -> None:
    campaign = put_up(SERIES)
    twin = put_up(exported(campaign).replace("sleeper-cars", "couchettes"))
    assert twin.rallies.count() == 2
    assert not {one.uid for one in twin.rallies.all()} & {one.uid for one in campaign.rallies.all()}


def test_what_the_team_has_not_approved_is_no_part_of_a_file(campaign: Campaign) -> None:
    factories.rally(campaign=campaign, state=State.ANNOUNCED)
    factories.rally(campaign=campaign, state=State.REFUSED)
    shown = factories.rally(campaign=campaign)
    assert [one["slug"] for one in tomllib.loads(exported(campaign))["rallies"]] == [shown.slug]


def test_rallies_kept_from_before_they_had_a_place_stand_behind_the_others(campaign: Campaign) -> None:
    factories.rally(campaign=campaign)
    Campaign.objects.filter(pk=campaign.pk).update(carried={"rallies": [{"city": "Oslo"}]})
    assert [one["city"] for one in tomllib.loads(exported(campaign))["rallies"]] == ["Kassel", "Oslo"]


def test_refused_rallies_leave_nothing_of_the_campaign() -> None:
    with pytest.raises(RefusedError):
        put_up(SERIES.replace("FREQ=WEEKLY", "FREQ=HOURLY"))
    assert not Campaign.objects.filter(slug="sleeper-cars").exists()


def test_a_long_list_costs_no_more_questions_than_a_short_one(campaign: Campaign) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            factories.rally(campaign=campaign)
        with CaptureQueriesContext(connection) as asked:
            exported(campaign)
        counts.append(len(asked))
    assert counts[0] == counts[1]
