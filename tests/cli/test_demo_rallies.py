"""The demo's rallies: near ones and past ones, whichever day of the week somebody tries it on."""

from datetime import UTC, date, datetime, timedelta
from importlib import resources

import pytest

from tests import factories
from tocsin import db
from tocsin.campaigns.campaign_file import read_campaign_file
from tocsin.cli.demo.rallies import announce_one, rally_tables, report_headcounts
from tocsin.outbox.models import Letter
from tocsin.rallies.campaign_file import RALLIES
from tocsin.rallies.campaign_file.said import Said
from tocsin.rallies.models import Headcount, Occurrence
from tocsin.rallies.states import DateState, ReportState, State

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def said_on(now: datetime) -> Said:
    campaign = resources.files("tocsin.cli.demo").joinpath("night-trains.toml").read_text(encoding="utf-8")
    ((_, said),) = read_campaign_file(f"{campaign}\n{rally_tables(now)}".encode(), [RALLIES]).parts
    assert isinstance(said, Said)
    return said


@pytest.mark.parametrize("days", range(7))
def test_the_day_is_near_and_the_first_one_is_over(days: int) -> None:
    today = MONDAY + timedelta(days=days)
    past, near = said_on(today).days
    assert past.held_on < today.date() < near.held_on
    assert timedelta(days=7) < near.held_on - today.date() <= timedelta(days=14)
    assert {past.held_on.weekday(), near.held_on.weekday()} == {5}


def test_there_is_one_of_each_kind_in_towns_of_many_countries() -> None:
    rallies = said_on(MONDAY).rallies
    details = [one.details for one in rallies]
    assert len(rallies) > 60
    assert len({one.where.country for one in details} - {""}) > 35
    assert [one.details.where.city for one in rallies if one.is_main] == ["Madrid"]
    assert [one.where.city for one in details if one.is_address_private] == ["Ljubljana"]
    assert [one.title["en"] for one in details if one.online_url] == ["The sleeping car online"]
    (weekly,) = [one for one in rallies if one.details.repeat]
    cancelled, moved = weekly.dates
    assert weekly.details.first_on == date(2026, 10, 15)
    assert (cancelled.state, cancelled.original_on) == (DateState.CANCELLED, date(2026, 12, 3))
    assert (moved.original_on, moved.held_on) == (date(2026, 12, 10), date(2026, 12, 11))


@pytest.mark.django_db(transaction=True)
def test_one_waits_for_the_organiser_and_its_host_has_confirmed() -> None:
    campaign = factories.CampaignFactory.create()
    announce_one(campaign, MONDAY)
    rally = campaign.rallies.get()
    assert rally.state == State.ANNOUNCED
    assert rally.hosts.get().confirmed_at == MONDAY
    assert not Letter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_held_has_headcounts_of_several_sources_and_two_have_none() -> None:
    campaign = factories.CampaignFactory.create()
    with db.transaction():
        RALLIES.store(campaign=campaign, said=said_on(MONDAY), now=MONDAY)
    report_headcounts(campaign, MONDAY)
    shown = Headcount.objects.filter(state=ReportState.SHOWN)
    assert Headcount.objects.count() == shown.count()
    held = Occurrence.objects.filter(rally__campaign=campaign, rally__repeat="", ends_at__lt=MONDAY)
    assert held.count() - len(set(shown.values_list("occurrence", flat=True))) == 2
    assert set(shown.values_list("source", flat=True)) == {"host", "press", "police"}
