"""tocsin work: the small verbs it calls, and how often."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.cast import MAYA
from tests.factories.outbox import NOW, post
from tests.factories.signing import confirm, counted, open_campaign, sign
from tocsin.cli import work
from tocsin.outbox.keys import days_kept
from tocsin.outbox.models import Letter
from tocsin.signing.models import CountryCount, PendingSignature
from tocsin.tally.queries import count_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_count_counts_all_that_waits() -> None:
    campaign = open_campaign()
    confirm(sign(campaign).token)
    work.count(threading.Event())
    assert count_of(campaign.pk).number == 1


def test_tidying_lets_go_of_what_is_too_old() -> None:
    campaign = open_campaign()
    sign(campaign, now=datetime.now(UTC) - timedelta(days=9))
    post("maya@example.org", now=datetime.now(UTC) - timedelta(days=5))
    work.tidy()
    assert (PendingSignature.objects.count(), Letter.objects.count(), days_kept()) == (0, 0, [])


def test_figures_by_country_are_refreshed_once_a_day_however_often_a_worker_starts(settings: Settings) -> None:
    campaign = open_campaign()
    counted(campaign, [MAYA])
    work.tidy()
    assert list(CountryCount.objects.values_list("country", "signatures")) == [("SE", 1)]
    CountryCount.objects.all().delete()
    work.tidy()
    assert not CountryCount.objects.exists()
    (Path(settings.DATA_DIR) / "daily").write_text((NOW - timedelta(days=1)).date().isoformat())
    work.tidy()
    assert CountryCount.objects.exists()
