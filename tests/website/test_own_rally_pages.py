"""website.own_rally_pages: what a host sees, at a fixed number of questions to the database."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import MAYA, OTTO, PILAR, RUI, Person
from tests.factories.campaigns import CampaignFactory
from tests.factories.rallies import host, rally
from tests.rallies.domain.comers import comes
from tocsin.rallies.models import Host, Occurrence, Rally
from tocsin.rallies.states import DateState, HostPart, State
from tocsin.website.own_rally_pages import Page, date_page, desk_of, own_page, team_page, void_page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("collected_static")]
NOW = datetime.now(UTC)
SOON = (NOW + timedelta(days=30)).date()


def held(**more: Any) -> Host:
    one = rally(campaign=CampaignFactory.create(languages=["en", "ar"]), now=NOW, first_on=SOON, **more)
    return host(one)[0]


def shown(of: Host, page: str = "own") -> Page:
    desk = desk_of(Host.objects.select_related("rally__campaign").get(pk=of.pk), "/h/T", "en")
    if page == "date":
        return date_page(desk, desk.rally.occurrences.order_by("starts_at")[0])
    return own_page(desk) if page == "own" else team_page(desk)


def questions(of: Host, page: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        shown(of, page)
    return len(asked)


def test_many_dates_cost_no_more_questions_than_one() -> None:
    assert questions(held(), "own") == questions(held(repeat="FREQ=WEEKLY;COUNT=20"), "own")


def test_many_who_come_cost_no_more_questions_than_one() -> None:
    few, many = held(), held()
    for one, people in ((few, [MAYA]), (many, [MAYA, PILAR, RUI])):
        for person in people:
            comes(one.rally.occurrences.get(), person)
    assert questions(few, "date") == questions(many, "date")


def test_many_hosts_cost_no_more_questions_than_one() -> None:
    few, many = held(), held()
    for person in (MAYA, PILAR, RUI):
        help_with(many.rally, person)
    assert questions(few, "team") == questions(many, "team")


def help_with(one: Rally, person: Person) -> None:
    """Let somebody help with a rally."""
    mine = Host.objects.get(rally=one, part=HostPart.HOST)
    # One host a rally: the factory makes another one, so there is none for a moment.
    Host.objects.filter(pk=mine.pk).update(part=HostPart.COHOST)
    beside, _ = host(one, person=person)
    Host.objects.filter(pk=beside.pk).update(part=HostPart.COHOST)
    Host.objects.filter(pk=mine.pk).update(part=HostPart.HOST)


@pytest.mark.parametrize(
    "state,words",
    [
        (State.ANNOUNCED, "It waits for a look"),
        (State.APPROVED, "On the map"),
        (State.RETURNED, "asks you to change something"),
        (State.MERGED, "announced twice"),
        (State.REFUSED, "has taken this rally down"),
        (State.ENDED, "has ended"),
    ],
)
def test_it_says_how_the_rally_stands(state: State, words: str) -> None:
    one = held()
    Rally.objects.filter(pk=one.rally_id).update(state=state)
    assert words in shown(one).body


def test_a_note_of_the_team_stands_there_until_it_is_mended() -> None:
    one = held()
    Rally.objects.filter(pk=one.rally_id).update(state=State.RETURNED, note="Which <b>square</b>?")
    assert "Which &lt;b&gt;square&lt;/b&gt;?" in shown(one).body


def test_a_postponed_date_whose_old_day_is_over_can_be_given_a_new_one_and_a_cancelled_one_cannot() -> None:
    one = held()
    over = NOW - timedelta(days=10)
    rows = Occurrence.objects.filter(rally=one.rally_id)
    rows.update(starts_at=over, ends_at=over, state=DateState.POSTPONED)
    offered = {"move", "write", "cancel"}
    assert (verbs(shown(one, "date")), "Postponed" in shown(one).body) == (offered, True)
    rows.update(starts_at=over - timedelta(days=90), ends_at=over - timedelta(days=90))
    assert (verbs(shown(one, "date")), "Postponed" in shown(one).body) == (set(), False)
    rows.update(starts_at=over, ends_at=over, state=DateState.CANCELLED)
    assert verbs(shown(one, "date")) == set()
    ahead = NOW + timedelta(days=10)
    rows.update(starts_at=ahead, ends_at=ahead, state=DateState.POSTPONED)
    assert verbs(shown(one, "date")) == offered | {"reopen"}


def verbs(page: Page) -> set[str]:
    """Return what the buttons of a date's page do."""
    return set(re.findall(r'action="/h/T/date/\d+/(\w+)"', page.body))


def test_it_is_in_the_hosts_language_and_names_nobody_who_comes() -> None:
    one = held()
    comes(one.rally.occurrences.get(), MAYA)
    page = shown(one, "date")
    assert (MAYA.name in page.body, MAYA.address in page.body, page.language) == (False, False, OTTO.language)


def test_an_invitation_that_came_too_late_says_who_can_ask_again() -> None:
    page = void_page("en", late=Host(part=HostPart.COHOST)).body
    assert ("Whoever asked you can ask again" in page, "was not confirmed" in page) == (True, False)
    assert "was not confirmed" in void_page("en", late=Host(part=HostPart.HOST)).body
