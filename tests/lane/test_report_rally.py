"""Reporting a rally: counted, answered the same for everybody, and kept of nobody."""

import asyncio
from http import HTTPStatus

import pytest

from tests.factories import rallies as factory
from tests.factories.signing import open_campaign
from tests.lane.visits import Visits, elsewhere, tell
from tocsin.campaigns.models import Campaign
from tocsin.lane.report_rally import MOST
from tocsin.rallies.models import Rally
from tocsin.rallies.states import State

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]

LIST = "/en/night-trains/rallies/"
HELD = f"{LIST}?when=over"  # the factory's rallies are, by the lane's own clock


@pytest.fixture(autouse=True)
def campaign() -> Campaign:
    return open_campaign()


def reports() -> dict[str, int]:
    """Return how often each rally was reported, by state."""
    return {State(state).name: number for state, number in Rally.objects.values_list("state", "reports")}


def test_a_report_is_counted_and_thanked_for(campaign: Campaign) -> None:
    factory.rally(campaign=campaign)

    async def story(visits: Visits) -> None:
        answer = await visits.post(f"{LIST}kassel/report", {}, headers={"origin": "null"})
        assert (answer.status, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, f"{LIST}kassel/?reported=yes")
        assert "Somebody of the campaign will look at it." in (await visits.get(answer.headers["location"])).text

    tell(story)
    assert reports() == {"APPROVED": 1}


def test_one_network_is_counted_a_few_times_and_answered_the_same(campaign: Campaign) -> None:
    factory.rally(campaign=campaign)

    async def story(visits: Visits) -> None:
        answers = [await visits.post(f"{LIST}kassel/report", {}) for _ in range(MOST + 3)]
        assert len({(one.status, one.headers["location"], one.body) for one in answers}) == 1
        await visits.post(f"{LIST}kassel/report", {}, client="198.51.100.4")

    tell(story)
    assert reports() == {"APPROVED": MOST + 1}


def test_what_is_not_there_is_answered_the_same_and_another_site_is_refused(campaign: Campaign) -> None:
    factory.rally(campaign=campaign, state=State.REFUSED)
    elsewhere_campaign = open_campaign("open-libraries")
    factory.rally(campaign=elsewhere_campaign)

    async def story(visits: Visits) -> None:
        for rally in ("kassel", "nowhere"):
            answer = await visits.post(f"{LIST}{rally}/report", {})
            assert (answer.status, answer.headers["location"]) == (
                HTTPStatus.SEE_OTHER,
                f"{LIST}{rally}/?reported=yes",
            )
        evil = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        assert (await visits.post(f"{LIST}kassel/report", {}, headers=evil)).status == HTTPStatus.FORBIDDEN
        for path in ("/en/nobody/rallies/kassel/report", "/de/night-trains/rallies/kassel/report"):
            assert (await visits.post(path, {})).status == HTTPStatus.NOT_FOUND
        wrong = await visits.get(f"{LIST}kassel/report")
        assert (wrong.status, wrong.headers["allow"]) == (HTTPStatus.METHOD_NOT_ALLOWED, "POST")

    tell(story)
    assert reports() == {"REFUSED": 0, "APPROVED": 0}


def test_pages_of_rallies_are_kept_and_dropped_when_a_rally_changes(campaign: Campaign) -> None:
    factory.rally(campaign=campaign)

    async def story(visits: Visits) -> None:
        first = await visits.get(HELD)
        assert first.headers["cache-control"].startswith("public, ")
        assert "Lisbon" not in first.text
        await elsewhere(lambda: factory.rally(campaign=campaign, where=factory.LISBON))
        for _ in range(50):
            if "Lisbon" in (await visits.get(HELD)).text:
                return
            await asyncio.sleep(0.1)
        pytest.fail("the old page is still shown")

    tell(story)
