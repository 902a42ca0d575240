"""Calendars in the lane: kept as bytes, compressed, and not sent again to whoever has them."""

import gzip
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest

from tests.factories import rallies as make
from tests.factories.signing import open_campaign
from tests.lane.visits import Visits, tell
from tests.rallies.calendars.reading import events

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]


def test_a_calendar_is_sent_once_and_then_said_to_be_the_same() -> None:
    now = datetime.now(UTC)
    first_on = now.date() + timedelta(days=30)
    rally = make.rally(campaign=open_campaign(), now=now, first_on=first_on, repeat="FREQ=WEEKLY")

    async def story(visits: Visits) -> None:
        first = await visits.get("/night-trains/rallies.ics", Accept_Encoding="gzip")
        assert (first.status, first.headers["content-encoding"]) == (HTTPStatus.OK, "gzip")
        assert first.headers["content-type"] == "text/calendar; charset=utf-8"
        assert [one.uid for one in events(gzip.decompress(first.body))] == [f"{rally.uid}@testserver"]
        again = await visits.get("/night-trains/rallies.ics", If_None_Match=first.headers["etag"])
        assert (again.status, again.body) == (HTTPStatus.NOT_MODIFIED, b"")

        feed = await visits.get("/en/night-trains/rallies.atom", Accept_Encoding="gzip")
        assert (feed.status, feed.headers["content-encoding"]) == (HTTPStatus.OK, "gzip")
        assert rally.uid.encode() in gzip.decompress(feed.body)

    tell(story)
