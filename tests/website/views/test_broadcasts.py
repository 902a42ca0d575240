"""What organisers tell many rallies stands on their pages and in their calendars, for as long as it holds."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from tests.factories import rallies as factory
from tests.factories.signing import open_campaign
from tests.rallies.calendars.reading import events
from tocsin.campaigns.models import Campaign
from tocsin.rallies.domain.broadcast import Words, draft_broadcast, send_broadcast, take_down
from tocsin.rallies.models import Broadcast, Occurrence, Rally

pytestmark = pytest.mark.django_db

HERE = "/en/night-trains/rallies/"
WORDS = "Bring <umbrellas> & lanterns."
SHOWN = "Bring &lt;umbrellas&gt; &amp; lanterns."


@pytest.fixture
def trains() -> Campaign:
    return open_campaign()


@pytest.fixture
def kassel(trains: Campaign) -> Rally:
    """Return a weekly rally with dates to come on the real clock."""
    now = datetime.now(UTC)
    return factory.rally(campaign=trains, first_on=now.date(), repeat="FREQ=WEEKLY", now=now)


def tell(campaign: Campaign, **whom: str) -> Broadcast:
    now = datetime.now(UTC)
    words = Words(text={"en": WORDS}, shown_until=now + timedelta(hours=3), **whom)  # type: ignore[arg-type]  # a country or a region
    draft = draft_broadcast(campaign=campaign, words=words, now=now)
    assert draft is not None
    assert send_broadcast(campaign=campaign, broadcast=draft.pk, now=now)
    draft.refresh_from_db()
    return draft


def test_it_stands_on_the_pages_it_is_for(trains: Campaign, kassel: Rally, client: Client) -> None:
    tell(trains, country="DE")
    assert SHOWN in client.get(f"{HERE}kassel/").content.decode()
    assert SHOWN not in client.get(HERE).content.decode()
    tell(trains)
    assert SHOWN in client.get(HERE).content.decode()


def test_another_countrys_pages_do_not_show_it(trains: Campaign, kassel: Rally, client: Client) -> None:
    tell(trains, country="PT")
    assert SHOWN not in client.get(f"{HERE}kassel/").content.decode()


def test_a_page_is_kept_no_longer_than_its_notice(trains: Campaign, kassel: Rally, client: Client) -> None:
    sent = tell(trains)
    until = str(int(sent.shown_until.timestamp()))
    for path in ("", "kassel/", "kassel.ics"):
        kept = int(client.get(f"{HERE}{path}").headers["X-Tocsin-Until"])
        assert kept <= int(until), path


def test_taken_down_it_is_gone_and_the_pages_are_made_anew(trains: Campaign, kassel: Rally, client: Client) -> None:
    sent = tell(trains)
    before = Campaign.objects.get(pk=trains.pk).revision
    take_down(campaign=trains, broadcast=sent.pk, now=datetime.now(UTC))
    assert Campaign.objects.get(pk=trains.pk).revision == before + 1
    assert SHOWN not in client.get(f"{HERE}kassel/").content.decode()


def test_calendars_say_it_and_tell_programs_that_something_is_new(
    trains: Campaign, kassel: Rally, client: Client
) -> None:
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    Rally.objects.update(announced_at=an_hour_ago, changed_at=an_hour_ago)
    Occurrence.objects.update(changed_at=an_hour_ago)
    [before] = events(client.get("/en/night-trains/rallies.ics").content)
    tell(trains)
    [after] = events(client.get("/en/night-trains/rallies.ics").content)
    assert (WORDS in str(before.get("description")), WORDS in str(after.get("description"))) == (False, True)
    assert int(before["sequence"]) < int(after["sequence"])


def test_feed_readers_have_it_as_an_entry_of_its_own(trains: Campaign, kassel: Rally, client: Client) -> None:
    address = "/en/night-trains/rallies.atom"
    before = client.get(address).content.decode()
    tell(trains)
    after = client.get(address).content.decode()
    assert (SHOWN in before, SHOWN in after) == (False, True)
    assert after.count("<entry>") == before.count("<entry>") + 1


def test_another_campaigns_pages_say_nothing_of_it(trains: Campaign, kassel: Rally, client: Client) -> None:
    other = open_campaign("third-rail")
    tell(other)
    assert SHOWN not in client.get(f"{HERE}kassel/").content.decode()
