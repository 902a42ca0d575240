"""cli.bench.rallies and cli.bench.map: real towns of the whole world, each with a rally of its own address."""

from pathlib import Path

import pytest

from tests import factories
from tests.factories.rallies import NOW
from tocsin.cli.bench.processes import BenchError
from tocsin.cli.bench.rallies import put_up_rallies, towns
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.queries.points import points

CSV = "locality,state,lat,lon\nHartford,CT,41.76,-72.67\nHonolulu,HI,21.3,-157.85\nNowhere,TX,,\n"


def test_towns_are_of_the_file_and_of_as_many_countries_as_there_are(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text(CSV, encoding="utf-8")
    found = towns(400, file)
    assert [(one.name, one.region, one.zone) for one in found[:2]] == [
        ("Hartford", "US-CT", "America/New_York"),
        ("Honolulu", "US-HI", "Pacific/Honolulu"),
    ]
    assert len(found) == 400
    assert len({one.country for one in found}) > 180


def test_a_file_of_something_else_is_told(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(BenchError, match="locality, state, lat and lon"):
        towns(10, file)


@pytest.mark.django_db(transaction=True)
def test_every_town_gets_a_rally_that_the_map_shows() -> None:
    campaign = factories.CampaignFactory.create()
    assert put_up_rallies(campaign, towns(60, None), now=NOW) == 60
    assert Rally.objects.count() == 60
    assert Occurrence.objects.count() > 60  # some are weekly
    assert len(points(campaign, now=NOW)) == 60
