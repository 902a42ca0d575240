"""Who may say how many came, what is shown at once, and what waits for somebody of the team."""

from datetime import timedelta
from typing import Any

import pytest

from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tocsin.campaigns.models import Campaign
from tocsin.rallies.domain.headcounts import (
    LARGE,
    REPORT_DAYS,
    Reported,
    report_headcount,
    takes_headcounts,
)
from tocsin.rallies.models import Headcount, Host, Occurrence, Rally
from tocsin.rallies.refusals import Refusal, RefusedError
from tocsin.rallies.states import DateState, ReportState, Source, State

pytestmark = pytest.mark.django_db(transaction=True)


def date_of(rally: Rally) -> Occurrence:
    """Return the first date of a rally."""
    return rally.occurrences.select_related("rally__campaign").earliest("starts_at")


def said(**changes: Any) -> Reported:
    """Return what Otto says, but for `changes`."""
    usual: dict[str, Any] = {"low": 300, "high": 350, "method": "counted", "source": Source.HOST}
    return Reported(**(usual | changes))


def report(
    date: Occurrence, *, by_team: bool = False, photo: bytes = b"", host: Host | None = None, **changes: Any
) -> Headcount:
    """Store a report an hour after the end."""
    now = date.ends_at + timedelta(hours=1)
    return report_headcount(occurrence=date, reported=said(**changes), now=now, by_team=by_team, photo=photo, host=host)


@pytest.fixture
def trains() -> Campaign:
    return CampaignFactory.create(slug="night-trains")


@pytest.fixture
def date(trains: Campaign) -> Occurrence:
    return date_of(factory.rally(campaign=trains))


def revision(campaign: Campaign) -> int:
    return Campaign.objects.get(pk=campaign.pk).revision


def test_what_the_host_of_an_approved_rally_says_is_shown_at_once(trains: Campaign, date: Occurrence) -> None:
    before = revision(trains)
    stored = report(date, note="  We counted twice  at the gate ")

    assert ReportState(stored.state) is ReportState.SHOWN
    assert (stored.low, stored.high, stored.note) == (300, 350, "We counted twice at the gate")
    assert stored.reported_on == date.held_on
    assert revision(trains) == before + 1


@pytest.mark.parametrize("source", [Source.ATTENDEE, Source.PRESS, Source.POLICE])
def test_what_anybody_else_says_waits_for_a_look(trains: Campaign, date: Occurrence, source: Source) -> None:
    before = revision(trains)
    stored = report(date, source=source, source_name="Hessische Allgemeine")

    assert ReportState(stored.state) is ReportState.WAITING
    assert revision(trains) == before


def test_a_hosts_crowd_as_large_as_in_the_papers_waits_too(date: Occurrence) -> None:
    assert ReportState(report(date, high=LARGE).state) is ReportState.SHOWN
    assert ReportState(report(date, high=LARGE + 1).state) is ReportState.WAITING


@pytest.mark.parametrize("state", [State.ANNOUNCED, State.RETURNED])
def test_the_host_of_a_rally_that_nobody_has_looked_at_waits(trains: Campaign, state: State) -> None:
    date = date_of(factory.rally(campaign=trains, state=state))

    assert ReportState(report(date).state) is ReportState.WAITING


def test_what_the_team_enters_has_been_looked_at(date: Occurrence) -> None:
    stored = report(date, by_team=True, source=Source.POLICE, source_name="Polizei Nordhessen", low=200, high=1_000_000)

    assert ReportState(stored.state) is ReportState.SHOWN


def test_counting_begins_with_the_rally_and_ends_after_two_months(date: Occurrence) -> None:
    rally, late = date.rally, date.ends_at + timedelta(days=REPORT_DAYS)
    moments = [date.starts_at - timedelta(seconds=1), date.starts_at, late, late + timedelta(seconds=1)]

    assert [takes_headcounts(rally, date, moment) for moment in moments] == [False, True, True, False]
    refused = []
    for moment in (moments[0], moments[3]):
        with pytest.raises(RefusedError) as error:
            report_headcount(occurrence=date, reported=said(), now=moment)
        refused.append(error.value.refused[0].refusal)
    assert refused == [Refusal.COUNT_EARLY, Refusal.COUNT_LATE]
    assert not Headcount.objects.exists()


def test_the_team_may_still_enter_what_a_paper_wrote_a_year_later(date: Occurrence) -> None:
    later = date.ends_at + timedelta(days=365)
    paper = said(source=Source.PRESS, source_name="Hessische Allgemeine")

    assert report_headcount(occurrence=date, reported=paper, now=later, by_team=True).high == 350


@pytest.mark.parametrize("state", [DateState.CANCELLED, DateState.POSTPONED])
def test_nobody_came_to_a_date_that_was_not_held(date: Occurrence, state: DateState) -> None:
    date.state = state

    assert not takes_headcounts(date.rally, date, date.ends_at)
    for by_team in (False, True):
        with pytest.raises(RefusedError):
            report(date, by_team=by_team)


@pytest.mark.parametrize("state", [State.REFUSED, State.MERGED, State.ASKED])
def test_a_rally_that_is_not_there_takes_no_headcount(trains: Campaign, state: State) -> None:
    date = date_of(factory.rally(campaign=trains))
    date.rally.state = state

    with pytest.raises(RefusedError):
        report(date)


@pytest.mark.parametrize(
    "field, refusal, changes",
    [
        ("low", Refusal.NUMBER_SHAPE, {"low": -1}),
        ("high", Refusal.NUMBER_SHAPE, {"high": 10_000_001}),
        ("high", Refusal.COUNT_BACKWARDS, {"low": 351}),
        ("method", Refusal.WRONG_CHOICE, {"method": "felt"}),
        ("source", Refusal.WRONG_CHOICE, {"source": "rumour"}),
        ("source_name", Refusal.SOURCE_MISSING, {"source": Source.PRESS}),
        ("source_name", Refusal.SOURCE_MISSING, {"source": Source.POLICE, "source_name": "  "}),
        ("source_name", Refusal.TOO_LONG, {"source_name": "x" * 201}),
        ("source_name", Refusal.NOT_PLAIN, {"source_name": "buy at https://x.example"}),
        ("note", Refusal.TOO_LONG, {"note": "x" * 501}),
        ("note", Refusal.NOT_PLAIN, {"note": "two\nlines"}),
        ("photo_caption", Refusal.TOO_LONG, {"photo_caption": "x" * 201}),
        ("photo_credit", Refusal.NOT_PLAIN, {"photo_credit": "https://x.example"}),
        ("url", Refusal.URL_SHAPE, {"url": "javascript:alert(1)"}),
        ("url", Refusal.URL_SHAPE, {"url": "https://" + "x" * 500 + ".example"}),
    ],
)
def test_what_cannot_be_a_report_is_refused_beside_its_field(
    date: Occurrence, field: str, refusal: Refusal, changes: dict[str, Any]
) -> None:
    with pytest.raises(RefusedError) as error:
        report(date, **changes)

    assert [(one.field, one.refusal) for one in error.value.refused] == [(field, refusal)]
    assert "%(" not in error.value.refused[0].mend
    assert not Headcount.objects.exists()
