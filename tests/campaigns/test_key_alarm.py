"""A swapped public key raises an alarm and closes the form: nothing is sealed to a stranger."""

import hashlib

import pytest

from tests.factories import signing as factories
from tests.factories.age import quick_age_file
from tocsin import db
from tocsin.campaigns import domain
from tocsin.campaigns.key_alarm import KeyAlarm, key_alarm
from tocsin.campaigns.models import Campaign
from tocsin.seal.epoch import new_key_pair
from tocsin.signing.intake import load_intake
from tocsin.tally.domain import Queued, queue
from tocsin.tlog.entry import Kind, sealing_key
from tocsin.vault import domain as vault
from tocsin.vault import queries
from tocsin.vault.models import CampaignKey
from tocsin.vault.sealer import KeyMissingError

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def night_trains() -> Campaign:
    """Return an open campaign whose key stands in the log."""
    campaign = factories.open_campaign()
    key = queries.key_in_use(campaign.pk)
    assert key is not None
    with db.transaction():
        entry = sealing_key(campaign.slug, bytes(key.fingerprint))
        queue([Queued(campaign.pk, Kind.SEALING_KEY, entry)])
    return campaign


def swap(*, with_fingerprint: bool) -> None:
    _, public = new_key_pair()
    CampaignKey.objects.update(public=public)
    if with_fingerprint:
        CampaignKey.objects.update(fingerprint=hashlib.sha256(public).digest())


def assert_closed(campaign: Campaign, alarm: KeyAlarm) -> None:
    assert key_alarm(campaign) is alarm
    with pytest.raises(KeyMissingError, match=alarm.value):
        load_intake(campaign)


@pytest.mark.parametrize("is_counted", [False, True])
def test_the_key_that_the_log_knows_raises_no_alarm(night_trains: Campaign, is_counted: bool) -> None:
    if is_counted:
        factories.count()
    assert key_alarm(night_trains) is None
    assert load_intake(night_trains) is not None


def test_a_swapped_public_key_is_seen_by_its_fingerprint(night_trains: Campaign) -> None:
    swap(with_fingerprint=False)
    assert_closed(night_trains, KeyAlarm.FINGERPRINT_DIFFERS)


@pytest.mark.parametrize("is_counted", [False, True])
def test_one_with_its_own_fingerprint_is_seen_by_the_log(night_trains: Campaign, is_counted: bool) -> None:
    if is_counted:
        factories.count()
    swap(with_fingerprint=True)
    assert_closed(night_trains, KeyAlarm.LOG_DIFFERS)


def test_an_exchange_by_its_keyholders_raises_none_and_stands_in_the_log(
    night_trains: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tocsin.vault.domain.exchange_key.wrap", quick_age_file)
    factories.count()
    words = "orchid ladder prism cobalt wander fig"
    vault.make_next_key(
        campaign=night_trains.pk, slug=night_trains.slug, label="Noor", passphrase=words, now=factories.NOW
    )
    waiting = queries.next_key(night_trains.pk)
    assert waiting is not None
    holder = queries.keyholders_of(waiting)[0]
    assert vault.drill(keyholder=holder, slug=night_trains.slug, passphrase=words, now=factories.NOW)
    before = load_intake(night_trains)
    domain.exchange_key(campaign=night_trains, now=factories.NOW)
    for _ in range(2):  # while its entry waits for its index, and when it has one
        assert key_alarm(night_trains) is None
        factories.count()
    after = load_intake(night_trains)
    assert before is not None
    assert after is not None
    assert after.sealer.current(factories.NOW).wrapped != before.sealer.current(factories.NOW).wrapped
    night_trains.refresh_from_db()
    assert night_trains.revision > 0
