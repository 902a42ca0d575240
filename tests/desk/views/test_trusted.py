"""The list of trusted hosts: by their rallies, since when, by whom, and trust that is taken back."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.cast import OTTO, PILAR, RUI, Person
from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tocsin.campaigns.models import Campaign, User
from tocsin.rallies.domain.trust import take_trust_back, trust
from tocsin.rallies.models import Rally, TrustedHost

LISBON: dict[str, Any] = {"where": factory.LISBON, "zone": "Europe/Lisbon"}


def held_by(campaign: Campaign, person: Person, by: User | None = None) -> Rally:
    """Return a rally whose host is trusted."""
    rally = factory.rally(campaign=campaign)
    factory.host(rally, person=person)
    trust(campaign=campaign, rally=rally.pk, now=timezone.now(), by=by)
    return rally


def address(campaign: Campaign) -> str:
    return reverse("desk:trusted-hosts", args=[campaign.slug])


def test_each_is_listed_by_their_rallies_with_who_trusted_them(campaign: Campaign, desk: Client, noor: User) -> None:
    held_by(campaign, OTTO, by=noor)
    lisbon = factory.rally(campaign=campaign, title={"en": "Sleepers to the sea"}, **LISBON)
    factory.host(lisbon, person=OTTO)
    page = desk.get(address(campaign)).content.decode()
    assert [word in page for word in ("Kassel", "Sleepers to the sea", noor.email)] == [True] * 3
    assert [word in page for word in (OTTO.name, OTTO.address)] == [False] * 2
    assert page.count('name="trusted"') == 1


def test_trust_is_taken_back(campaign: Campaign, desk: Client) -> None:
    held_by(campaign, OTTO)
    kept = held_by(campaign, RUI)
    row = TrustedHost.objects.order_by("pk")[0]
    page = desk.post(address(campaign), {"trusted": row.pk}, follow=True).content.decode()
    assert "waits for you again" in page
    assert bytes(TrustedHost.objects.get().tag) == bytes(kept.hosts.get().tag)
    assert "not trusted any more" in desk.post(address(campaign), {"trusted": row.pk}, follow=True).content.decode()


def test_quinn_takes_nobodys_trust_back(campaign: Campaign, quinn: User, noor: User) -> None:
    held_by(campaign, OTTO, by=noor)
    client = Client()
    client.force_login(quinn)
    row = TrustedHost.objects.get()
    assert client.post(address(campaign), {"trusted": row.pk}).status_code == 404
    assert not take_trust_back(campaign=CampaignFactory.create(), trusted=row.pk)
    assert TrustedHost.objects.count() == 1


@pytest.mark.parametrize("people", [(OTTO,), (OTTO, RUI, PILAR)])
def test_the_list_costs_the_same_however_long(campaign: Campaign, desk: Client, people: tuple[Person, ...]) -> None:
    for person in people:
        held_by(campaign, person)
    with CaptureQueriesContext(connection) as queries:
        desk.get(address(campaign))
    about = [one["sql"] for one in queries if "rallies_host" in one["sql"] or "trustedhost" in one["sql"]]
    assert len(about) == 2
