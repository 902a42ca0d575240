"""rallies.domain: from a form to a page that is live by its link; and what nobody confirms, which goes whole."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from tests.cast import OTTO
from tests.factories.campaigns import CampaignFactory
from tests.factories.rallies import NOW, details, host, rally
from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State as CampaignState
from tocsin.kit import addresses
from tocsin.outbox import domain as outbox
from tocsin.outbox.mails import Opened
from tocsin.outbox.models import Letter
from tocsin.rallies import keys
from tocsin.rallies.domain.announce import announce
from tocsin.rallies.domain.confirm_host import Confirmed, confirm_host
from tocsin.rallies.domain.expire import expire_announced
from tocsin.rallies.domain.resolve import resolve
from tocsin.rallies.domain.trust import trust
from tocsin.rallies.forms import Announcement
from tocsin.rallies.hosts import Known, Person, PrivatePlace, person_in, place_in
from tocsin.rallies.models import Host, Occurrence, Rally
from tocsin.rallies.queries.hosting import host_behind
from tocsin.rallies.states import State
from tocsin.rallies.unanswered import has_expired
from tocsin.seal.tokens import from_text, new_token, to_text

pytestmark = pytest.mark.django_db(transaction=True)

PRIVATE = PrivatePlace("The old mill", "Mill Lane 3", 51.3201, 9.4789)


@pytest.fixture(autouse=True)
def base_url(settings: Settings) -> None:
    settings.BASE_URL = "https://rally.example"


def announced(campaign: Campaign, *, private: PrivatePlace | None = None, **changes: Any) -> Rally:
    address = addresses.parse(OTTO.address)
    assert address is not None
    told = details(**changes)
    if private is not None:
        told = replace(told, is_address_private=True, where=replace(told.where, place=""))
    announcement = Announcement(told, private or PrivatePlace(), Person(OTTO.name, address, "en"))
    with db.transaction():
        return announce(campaign=campaign, announced=announcement, now=NOW)


def mailed() -> Opened:
    """Return the one letter that waits, as the worker opens it."""
    (letter,) = outbox.claim(provider="other", limit=100, lease_seconds=20, now=NOW).letters
    return letter


def token_mailed() -> bytes:
    before, _, text = str(mailed().content["values"]["link"]).partition("/h/")
    token = from_text(text)
    assert before == "https://rally.example"
    assert token is not None
    return token


def test_announcing_stores_a_rally_that_is_on_no_page_and_mails_its_link() -> None:
    campaign = CampaignFactory.create()
    stored = announced(campaign)
    assert stored.state == State.ASKED
    letter = mailed()
    assert (letter.kind, letter.campaign, letter.content["to"]) == ("rally", campaign.pk, OTTO.address)
    assert letter.content["texts"]["where"] == "Königsplatz, Kassel, Germany"
    campaign.refresh_from_db()
    assert campaign.revision == 0  # no page is drawn anew for what nobody has confirmed


def test_the_token_is_in_the_mail_and_opens_the_page_of_that_rally_alone() -> None:
    stored = announced(CampaignFactory.create())
    token = token_mailed()
    found = host_behind(token)
    assert found is not None
    assert found.rally == stored
    assert person_in(stored.pk, bytes(found.sealed)) == Known(OTTO.name, OTTO.address, "en", token=to_text(token))
    assert host_behind(new_token()) is None


def test_nothing_of_it_is_there_when_the_transaction_fails() -> None:
    with pytest.raises(RuntimeError), db.transaction():  # noqa: PT012  what fails is the end of the transaction
        address = addresses.parse(OTTO.address)
        assert address is not None
        announcement = Announcement(details(), PrivatePlace(), Person(OTTO.name, address, "en"))
        announce(campaign=CampaignFactory.create(), announced=announcement, now=NOW)
        raise RuntimeError
    assert (Rally.objects.count(), Host.objects.count(), Letter.objects.count()) == (0, 0, 0)


def test_a_private_place_lies_sealed_and_in_no_column() -> None:
    stored = announced(CampaignFactory.create(), private=PRIVATE)
    stored.refresh_from_db()
    assert place_in(stored.pk, stored.sealed_place) == PRIVATE
    assert "Mill" not in str(mailed().content)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM rallies_rally")
        assert "Mill" not in str(cursor.fetchall())
    keys.destroy(stored.pk)
    assert place_in(stored.pk, stored.sealed_place) is None


def test_who_announces_twice_gets_two_mails_and_the_same_is_stored_as_for_anybody_else() -> None:
    campaign = CampaignFactory.create()
    announced(campaign)
    announced(campaign)
    assert (Rally.objects.count(), Letter.objects.count()) == (2, 2)


def test_pressing_the_button_makes_it_live_and_pressing_again_changes_nothing() -> None:
    campaign = CampaignFactory.create()
    stored, token = announced(campaign), token_mailed()
    assert confirm_host(token=token, now=NOW) is Confirmed.ANNOUNCED
    stored.refresh_from_db()
    assert (stored.state, stored.approved_on) == (State.ANNOUNCED, None)
    later = NOW + timedelta(hours=1)
    assert confirm_host(token=token, now=later) is Confirmed.ALREADY
    stored.refresh_from_db()
    assert (stored.announced_at, Host.objects.get().confirmed_at) == (NOW, NOW)
    campaign.refresh_from_db()
    assert campaign.revision == 1


def test_a_trusted_hosts_rally_is_approved_at_once_in_that_campaign_alone() -> None:
    campaign, other = CampaignFactory.create(), CampaignFactory.create()
    first = rally(campaign=campaign)
    host(first)
    trust(campaign=campaign, rally=first.pk, now=NOW)
    for place, outcome, state in (
        (campaign, Confirmed.APPROVED, State.APPROVED),
        (other, Confirmed.ANNOUNCED, State.ANNOUNCED),
    ):
        stored = announced(place)
        assert confirm_host(token=token_mailed(), now=NOW) is outcome
        stored.refresh_from_db()
        assert stored.state == state
        Letter.objects.all().delete()


def test_a_token_that_nobody_was_mailed_confirms_nothing() -> None:
    stored = announced(CampaignFactory.create())
    assert confirm_host(token=new_token(), now=NOW) is Confirmed.UNKNOWN
    stored.refresh_from_db()
    assert stored.state == State.ASKED


def test_after_seven_days_the_button_says_that_it_is_too_late() -> None:
    stored, token = announced(CampaignFactory.create()), token_mailed()
    in_time, late = NOW + timedelta(days=7), NOW + timedelta(days=7, seconds=1)
    assert (has_expired(stored.hosts.get(), in_time), has_expired(stored.hosts.get(), late)) == (False, True)
    assert confirm_host(token=token, now=late) is Confirmed.EXPIRED
    stored.refresh_from_db()
    assert stored.state == State.ASKED


@pytest.mark.parametrize("end", ["closed", "resolved"])
def test_once_the_campaign_is_over_the_button_makes_nothing_live(end: str) -> None:
    campaign = CampaignFactory.create()
    made, token = announced(campaign), token_mailed()
    if end == "closed":
        Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.CLOSED)
    else:
        resolve(campaign=campaign, text={"en": "The trains run."}, shown_until=NOW + timedelta(days=9), now=NOW)
    assert confirm_host(token=token, now=NOW) is Confirmed.OVER
    made.refresh_from_db()
    assert (made.state, made.hosts.get().confirmed_at) == (State.ASKED, None)


def test_what_nobody_confirmed_goes_whole_with_its_key_and_what_was_confirmed_stays() -> None:
    campaign = CampaignFactory.create()
    kept = announced(campaign)
    confirm_host(token=token_mailed(), now=NOW)
    Letter.objects.all().delete()
    gone = announced(campaign, private=PRIVATE)
    token = token_mailed()
    assert keys.kept() == [kept.pk, gone.pk]
    assert expire_announced(now=NOW + timedelta(days=7)) == 0
    assert expire_announced(now=NOW + timedelta(days=8)) == 1
    assert list(Rally.objects.all()) == [kept]
    assert list(Host.objects.values_list("rally", flat=True)) == [kept.pk]
    assert set(Occurrence.objects.values_list("rally", flat=True)) == {kept.pk}
    assert keys.kept() == [kept.pk]
    assert confirm_host(token=token, now=NOW) is Confirmed.UNKNOWN


def test_a_rally_that_was_refused_before_it_was_confirmed_stays_refused() -> None:
    stored, token = announced(CampaignFactory.create()), token_mailed()
    Rally.objects.filter(pk=stored.pk).update(state=State.REFUSED)
    confirm_host(token=token, now=NOW)
    stored.refresh_from_db()
    assert stored.state == State.REFUSED
