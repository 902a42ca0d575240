"""Retention: on a closed campaign's day what people signed with is erased; what was public stays."""

from datetime import date, timedelta

import pytest

from tests.cast import MAYA, OTTO
from tests.factories import signing as factories
from tocsin.campaigns import domain as campaigns
from tocsin.campaigns.models import Campaign
from tocsin.seal.tokens import token_hash
from tocsin.signing import domain as signing
from tocsin.signing.models import RetentionDay, Signature
from tocsin.signing.sealed_rows import sealed_rows
from tocsin.tally.models import Entry
from tocsin.tally.queries import count_of
from tocsin.vault.models import EpochKey

pytestmark = pytest.mark.django_db(transaction=True)
NOW = factories.NOW


def closed() -> Campaign:
    campaign = factories.open_campaign()
    factories.counted(campaign, [MAYA, OTTO], shows_name=True)
    assert campaigns.close_campaign(campaign=campaign, now=NOW, forget_tags=signing.forget_tags)
    return campaign


def test_a_campaign_that_closes_keeps_for_half_a_year_unless_told_otherwise() -> None:
    campaign = closed()
    assert campaign.keep_until == NOW.date() + timedelta(days=180)
    assert not campaigns.keep_until(campaign=campaign, day=NOW.date() - timedelta(days=1), today=NOW.date())
    assert not campaigns.keep_until(campaign=campaign, day=NOW.date() + timedelta(days=2_000), today=NOW.date())
    assert campaigns.keep_until(campaign=campaign, day=date(2026, 5, 1), today=NOW.date())
    campaign.refresh_from_db()
    assert campaign.keep_until == date(2026, 5, 1)


def test_nothing_goes_before_the_day_and_all_of_it_after() -> None:
    campaign = closed()
    day = campaign.keep_until
    assert day is not None
    at_the_end = NOW.replace(year=day.year, month=day.month, day=day.day)
    entries = list(Entry.objects.order_by("index").values_list("entry", flat=True))
    assert signing.erase_what_is_due(now=at_the_end) == 0
    assert len(list(sealed_rows(campaign.pk))) == 2

    assert signing.erase_what_is_due(now=at_the_end + timedelta(days=1)) == 2
    assert signing.erase_what_is_due(now=at_the_end + timedelta(days=1)) == 0
    for row in Signature.objects.all():
        assert (bytes(row.sealed), bytes(row.own_copy), row.public_part, row.keep_informed) == (b"", b"", None, False)
    assert list(sealed_rows(campaign.pk)) == []
    assert not EpochKey.objects.exists()
    assert count_of(campaign.pk).number == 2
    assert list(Entry.objects.order_by("index").values_list("entry", flat=True)) == entries


def test_an_open_campaign_keeps_what_it_has() -> None:
    campaign = factories.open_campaign()
    factories.counted(campaign, [MAYA])
    Campaign.objects.update(keep_until=date(2020, 1, 1))
    assert signing.erase_what_is_due(now=NOW) == 0


def test_who_signed_can_still_withdraw_afterwards() -> None:
    campaign = factories.open_campaign()
    (token,) = factories.counted(campaign, [MAYA])
    campaigns.close_campaign(campaign=campaign, now=NOW, forget_tags=signing.forget_tags)
    assert signing.erase_what_is_due(now=NOW + timedelta(days=400)) == 1
    assert signing.withdraw(token=token, now=NOW)
    assert not Signature.objects.filter(token_hash=token_hash(token)).exists()


def test_each_run_is_noted_in_numbers() -> None:
    signing.note_retention(erased={"pending": 2, "sealed": 0}, now=NOW)
    signing.note_retention(erased={"pending": 3, "letters": 1}, now=NOW + timedelta(minutes=10))
    (line,) = RetentionDay.objects.all()
    assert (line.on, line.runs, line.erased) == (NOW.date(), 2, {"pending": 5, "letters": 1})
    assert line.last_at == NOW + timedelta(minutes=10)
