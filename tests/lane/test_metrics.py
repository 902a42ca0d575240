"""lane.probes through the whole lane: who may read the metrics, and what they say."""

from http import HTTPStatus
from ipaddress import ip_network

import pytest
from pytest_django import Settings

from tests.cast import MAYA
from tests.factories.signing import counted, open_campaign
from tests.lane.visits import Visits, tell
from tocsin.campaigns.models import Campaign
from tocsin.tally.domain import refuse_to_sign
from tocsin.tally.refusals import LogRefusal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]

PAGE = "/en/night-trains/"


@pytest.fixture(autouse=True)
def campaign() -> Campaign:
    return open_campaign()


def test_metrics_are_for_this_machine() -> None:
    cases: list[tuple[str, dict[str, str], int]] = [
        ("127.0.0.1", {}, HTTPStatus.OK),
        ("::1", {}, HTTPStatus.OK),
        ("192.0.2.7", {}, HTTPStatus.NOT_FOUND),
        ("127.0.0.1", {"x-forwarded-for": "192.0.2.7"}, HTTPStatus.NOT_FOUND),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, HTTPStatus.NOT_FOUND),
        ("127.0.0.1", {"via": "1.1 cache"}, HTTPStatus.NOT_FOUND),
    ]

    async def story(visits: Visits) -> None:
        for client, headers, status in cases:
            answer = await visits.ask("GET", "/metrics", client=client, headers=headers)
            assert answer.status == status, (client, headers)

    tell(story)


def test_metrics_through_a_proxy_that_is_trusted(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = (ip_network("127.0.0.1/32"),)
    settings.METRICS_NETWORKS = (ip_network("198.51.100.0/24"),)

    async def story(visits: Visits) -> None:
        for client, status in (("198.51.100.9", HTTPStatus.OK), ("192.0.2.7", HTTPStatus.NOT_FOUND)):
            headers = {"x-forwarded-for": client}
            assert (await visits.ask("GET", "/metrics", client="127.0.0.1", headers=headers)).status == status

    tell(story)


def test_metrics_tell_that_the_log_is_refused_and_why() -> None:
    counted(Campaign.objects.get(), [MAYA])
    refuse_to_sign(LogRefusal.DATABASE_BEHIND)

    async def story(visits: Visits) -> None:
        text = (await visits.ask("GET", "/metrics", client="127.0.0.1")).text
        assert 'tocsin_log_refused{reason="database-behind"} 1' in text
        assert 'tocsin_log_refused{reason="tile-differs"} 0' in text
        assert 'tocsin_log_entries{state="published"} 1' in text

    tell(story)


def test_metrics_count_by_name() -> None:
    async def story(visits: Visits) -> None:
        await visits.get(PAGE)
        await visits.post(f"{PAGE}sign", {"name": "Maya"})
        text = (await visits.ask("GET", "/metrics", client="127.0.0.1")).text
        assert "# TYPE tocsin_events_total counter" in text
        assert 'tocsin_events_total{name="page_rendered"}' in text
        assert 'tocsin_events_total{name="refused_' in text
        assert "192.0.2" not in text

    tell(story)
