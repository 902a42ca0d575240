"""Never one false number: what several people say of one date, and of all dates together."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tests.factories.rallies import LISBON
from tests.rallies.domain.test_headcounts import date_of, report
from tocsin.campaigns.models import Campaign
from tocsin.rallies.domain.decide_headcounts import Decision, decide_headcounts
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.queries.headcounts import (
    Coverage,
    Report,
    coverage,
    crowd_of,
    crowds_of,
    over_with_crowds,
    report_of,
    shown_headcounts,
)
from tocsin.rallies.states import DateState, Source, State


def said(number: int, source: Source, low: int, high: int, *, name: str = "", url: str = "") -> Report:
    return Report(number, 1, low, high, "estimate", source, name, url)


HOST = said(1, Source.HOST, 300, 350)
POLICE = said(2, Source.POLICE, 180, 220, name="Polizei Nordhessen")
PAPER = said(3, Source.PRESS, 250, 250, name="Hessische Allgemeine")


def _range(*reports: Report) -> tuple[int, int] | None:
    crowd = crowd_of(reports)
    return (crowd.low, crowd.high) if crowd else None


def test_nobody_wins_the_range_goes_from_the_least_to_the_most() -> None:
    crowd = crowd_of([HOST, POLICE, PAPER])

    assert crowd is not None
    assert (crowd.low, crowd.high) == (180, 350)
    assert crowd.counting == (PAPER, POLICE, HOST)
    assert crowd.others == ()


def test_of_one_source_the_newest_counts_and_names_are_compared_without_case() -> None:
    corrected = said(9, Source.HOST, 320, 340)
    again = said(10, Source.POLICE, 260, 260, name="POLIZEI  Nordhessen")

    assert _range(HOST, corrected) == _range(corrected, HOST) == (320, 340)
    assert _range(POLICE, again) == (260, 260)
    assert _range(POLICE, said(11, Source.POLICE, 500, 500, name="Bundespolizei")) == (180, 500)


def test_two_papers_without_a_name_are_told_apart_by_where_they_can_be_read() -> None:
    one = said(4, Source.PRESS, 100, 100, url="https://a.example/1")
    two = said(5, Source.PRESS, 400, 400, url="https://b.example/1")

    assert _range(one, two) == (100, 400)
    assert _range(one, two._replace(url=one.url)) == (400, 400)


def test_who_was_there_counts_only_where_nobody_else_has_spoken() -> None:
    boast = said(7, Source.ATTENDEE, 90_000, 1_000_000)

    assert _range(POLICE, boast) == (180, 220)
    crowd = crowd_of([POLICE, boast])
    assert crowd is not None
    assert crowd.others == (boast,)


def test_of_those_who_were_there_one_boast_moves_little() -> None:
    modest = [said(number, Source.ATTENDEE, low, low + 50) for number, low in enumerate((80, 100, 120), start=10)]
    boast = said(20, Source.ATTENDEE, 90_000, 1_000_000)

    assert _range(*modest) == (100, 150)
    assert _range(*modest, boast) == (100, 170)
    assert _range(boast) == (90_000, 1_000_000)
    assert crowd_of([]) is None


@pytest.fixture
def trains() -> Campaign:
    return CampaignFactory.create(slug="night-trains")


def _held(campaign: Campaign, **changes: Any) -> Occurrence:
    return date_of(factory.rally(campaign=campaign, **changes))


@pytest.mark.django_db(transaction=True)
def test_the_sum_says_how_many_of_the_dates_it_speaks_for(trains: Campaign) -> None:
    kassel, lisbon, silent = _held(trains), _held(trains, where=LISBON), _held(trains)
    report(kassel)
    report(kassel, source=Source.POLICE, source_name="Polizei", low=200, high=200, by_team=True)
    report(lisbon, low=1_000, high=1_200)
    report(silent, source=Source.ATTENDEE)  # waits
    now = silent.ends_at + timedelta(days=1)

    assert coverage(trains, now) == Coverage(over=3, reported=2, low=1_200, high=1_550)
    assert coverage(trains, kassel.starts_at) == Coverage(0, 0, 0, 0)
    rows = over_with_crowds(trains, now)
    assert [(one.rally.city, crowd and (crowd.low, crowd.high)) for one, crowd in rows] == [
        ("Kassel", (200, 350)),
        ("Lisbon", (1_000, 1_200)),
        ("Kassel", None),
    ]


@pytest.mark.django_db(transaction=True)
def test_what_was_refused_or_cancelled_or_is_not_public_is_in_no_sum(trains: Campaign) -> None:
    shown, cancelled, refused_rally, unseen = (_held(trains) for _ in range(4))
    boast = report(shown, low=9_000, high=10_000)
    report(shown, source=Source.PRESS, source_name="A paper", by_team=True, low=5, high=6)
    for date in (cancelled, refused_rally, unseen):
        report(date)
    decide_headcounts(campaign=trains, headcounts=[boast.pk], decision=Decision.REFUSE, now=shown.ends_at)
    Occurrence.objects.filter(pk=cancelled.pk).update(state=DateState.CANCELLED)
    Rally.objects.filter(pk=refused_rally.rally_id).update(state=State.REFUSED)
    Rally.objects.filter(pk=unseen.rally_id).update(state=State.ANNOUNCED)

    assert coverage(trains, shown.ends_at + timedelta(days=1)) == Coverage(over=1, reported=1, low=5, high=6)


@pytest.mark.django_db(transaction=True)
def test_quinns_crowds_are_not_ours(trains: Campaign) -> None:
    his = _held(CampaignFactory.create(slug="open-libraries"))
    report(his)

    assert coverage(trains, his.ends_at + timedelta(days=1)) == Coverage(0, 0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_each_date_of_a_series_has_its_own_crowd(trains: Campaign) -> None:
    weekly = factory.rally(campaign=trains, repeat="FREQ=WEEKLY")
    first, second = list(weekly.occurrences.select_related("rally__campaign").order_by("starts_at")[:2])
    report(first, low=10, high=10)
    report(second, low=20, high=20)

    assert {number: (crowd.low, crowd.high) for number, crowd in crowds_of([first.pk, second.pk]).items()} == {
        first.pk: (10, 10),
        second.pk: (20, 20),
    }
    assert [one.low for one in shown_headcounts(second)] == [20]
    assert report_of(shown_headcounts(second)[0]).high == 20


@pytest.mark.django_db(transaction=True)
def test_many_dates_cost_as_many_queries_as_one(trains: Campaign) -> None:
    def asked() -> list[int]:
        counts = []
        for question in (coverage, over_with_crowds):
            with CaptureQueriesContext(connection) as queries:
                question(trains, first.ends_at + timedelta(days=1))
            counts.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            crowds_of(Occurrence.objects.values_list("pk", flat=True))
        return [*counts, len(queries) - 1]

    first = _held(trains)
    report(first)
    before = asked()
    for _ in range(3):
        report(_held(trains))

    assert asked() == before == [2, 2, 1]
