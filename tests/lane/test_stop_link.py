"""The link that stops all mail, as the lane answers it: it works when nothing is stored, and opens no other door."""

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import settings

from tests.cast import MAYA
from tests.factories.signing import NOW, open_campaign, sign
from tests.lane.visits import Visits, tell
from tocsin.campaigns.models import Campaign
from tocsin.kit.keyfiles import KeysSealedError
from tocsin.outbox.caps import cap_key
from tocsin.outbox.models import MailCap
from tocsin.outbox.stop_link import stop_link
from tocsin.signing import domain as signing
from tocsin.signing.models import PendingSignature

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]


@pytest.fixture
def campaign() -> Campaign:
    return open_campaign()


def test_one_click_stops_mails_for_good_when_nothing_is_stored_and_looking_does_not(campaign: Campaign) -> None:
    sign(campaign)
    path = stop_link(MAYA.address, "es").removeprefix(settings.BASE_URL)
    signing.expire(now=NOW + timedelta(days=8))
    assert not PendingSignature.objects.exists()

    async def looking(visits: Visits) -> None:
        for method in ("GET", "HEAD"):
            page = await visits.ask(method, path)
            assert page.status == HTTPStatus.OK
        page = await visits.get(path)
        assert f'action="{path}"' in page.text
        assert page.headers["content-language"] == "es"
        assert "no-store" in page.headers["cache-control"]
        assert page.headers["referrer-policy"] == "strict-origin"

    tell(looking)
    assert not MailCap.objects.filter(never_write=True).exists()

    async def pressing(visits: Visits) -> None:
        for _ in range(2):
            stopped = await visits.post(path, {"List-Unsubscribe": "One-Click"})
            assert stopped.status == HTTPStatus.OK
            assert "<form" not in stopped.text

    tell(pressing)
    assert MailCap.objects.get(never_write=True).address == cap_key(MAYA.address)


def test_a_link_to_stop_that_nobody_sealed_is_unknown_and_leads_to_no_other_door(campaign: Campaign) -> None:
    sign(campaign)
    path = stop_link(MAYA.address, "en").removeprefix(settings.BASE_URL)
    bad = path[:-6] + ("A" if path[-6] != "A" else "B") + path[-5:]

    async def story(visits: Visits) -> None:
        assert (await visits.post(bad, {"List-Unsubscribe": "One-Click"})).status == HTTPStatus.NOT_FOUND
        assert (await visits.get(bad)).status == HTTPStatus.NOT_FOUND
        for verb in ("withdraw", "mine", "name"):
            answer = await visits.post(path.replace("/stop", f"/{verb}"), {"sure": "yes", "value": "show"})
            assert answer.status == HTTPStatus.NOT_FOUND, verb
        assert (await visits.get(path.removesuffix("/stop"))).status == HTTPStatus.NOT_FOUND
        assert (await visits.post(path.replace("/m/", "/c/"), {})).status == HTTPStatus.NOT_FOUND

    tell(story)
    assert not MailCap.objects.filter(never_write=True).exists()


def test_while_the_keys_are_sealed_the_link_says_come_back(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    path = stop_link(MAYA.address, "en").removeprefix(settings.BASE_URL)

    def sealed(_folder: Path) -> None:
        raise KeysSealedError

    monkeypatch.setattr("tocsin.outbox.stop_link._box", sealed)

    async def story(visits: Visits) -> None:
        for answer in (await visits.get(path), await visits.post(path, {"List-Unsubscribe": "One-Click"})):
            assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
            assert answer.headers["retry-after"]

    tell(story)
