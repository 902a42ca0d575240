"""What a year does to a weekly rally: dates are added, its host is asked, and a silent one fades and ends."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import MAYA, OTTO
from tests.factories import coming
from tests.factories import rallies as factories
from tests.factories.campaigns import CampaignFactory
from tocsin.campaigns.models import Campaign
from tocsin.campaigns.states import State as CampaignState
from tocsin.outbox.keys import opening_box
from tocsin.outbox.mails import Mail, Opened
from tocsin.outbox.models import Letter
from tocsin.outbox.sealing import open_letter
from tocsin.rallies import keys
from tocsin.rallies.domain.still_standing import say_over, say_standing
from tocsin.rallies.domain.upkeep import Kept, keep_up
from tocsin.rallies.emails import builders
from tocsin.rallies.models import Host, Rally
from tocsin.rallies.queries.standing import is_fading
from tocsin.rallies.standing_links import Question, question_in
from tocsin.rallies.states import DateState, State

NOW = factories.NOW
FIRST = date(2026, 5, 4)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def campaign() -> Campaign:
    made: Campaign = CampaignFactory.create(state=CampaignState.OPEN)
    return made


def weekly(campaign: Campaign, **changes: Any) -> Rally:
    return factories.rally(campaign=campaign, first_on=FIRST, repeat="FREQ=WEEKLY", **changes)


def after(days: int) -> datetime:
    """Return a moment so many days after the series began."""
    return datetime(2026, 5, 4, 9, 0, tzinfo=UTC) + timedelta(days=days)


def letters() -> Iterator[Opened]:
    for row in Letter.objects.order_by("pk"):
        sealed = open_letter(opening_box(row.key_day), kind=row.kind, campaign=row.campaign, sealed=bytes(row.sealed))
        yield Opened(row.pk, row.kind, row.campaign, row.provider, 0, orjson.loads(sealed))


def link() -> str:
    """Return the token of the newest question."""
    return str([*letters()][-1].content["values"]["link"]).split("/")[-2]


def fresh(rally: Rally) -> Rally:
    return Rally.objects.get(pk=rally.pk)


def test_dates_are_added_as_the_horizon_moves(campaign: Campaign) -> None:
    rally = weekly(campaign)
    factories.rally(campaign=campaign)
    weekly(campaign, state=State.REFUSED)
    before, revision = rally.occurrences.count(), Campaign.objects.get().revision
    assert keep_up(now=after(70)) == Kept(11, 0, 0)
    assert rally.occurrences.count() == before + 11
    assert Campaign.objects.get().revision > revision
    assert keep_up(now=after(70)) == Kept(0, 0, 0)


def test_a_host_is_asked_after_four_weeks_and_not_again_before_they_answer(campaign: Campaign) -> None:
    rally = weekly(campaign)
    factories.host(rally)
    assert keep_up(now=after(27)).asked == 0
    assert keep_up(now=after(28)).asked == 1
    assert fresh(rally).asked_on == after(28).date()
    assert [keep_up(now=after(day)).asked for day in (28, 29, 41)] == [0, 0, 0]
    (asked,) = letters()
    assert asked.content["to"] == OTTO.address
    question = question_in(link())
    assert question == Question(rally.hosts.get().pk, after(28).date())
    assert say_standing(question=question, now=after(30))
    assert fresh(rally).standing_on == after(30).date()
    assert keep_up(now=after(57)).asked == 0
    assert keep_up(now=after(58)).asked == 1


def test_the_mail_names_the_days_and_reads_in_the_hosts_language(campaign: Campaign) -> None:
    rally = weekly(campaign)
    factories.host(rally)
    keep_up(now=after(28))
    (asked,) = letters()
    (mail,) = builders()[asked.kind.partition(".")[0]]([asked], after(28))
    assert isinstance(mail, Mail)
    text = mail.content.decode()
    assert "Are you still standing there?" in text
    assert "June 15, 2026" in text
    assert "July 13, 2026" in text
    assert f"/h/{link()}/standing" in text


def test_without_an_answer_the_pin_fades_after_two_weeks_and_the_series_ends_after_six(campaign: Campaign) -> None:
    rally = weekly(campaign)
    factories.host(rally)
    keep_up(now=after(28))
    assert [is_fading(fresh(rally), after(day).date()) for day in (28, 41, 42, 69)] == [False, False, True, True]
    revision = Campaign.objects.get().revision
    keep_up(now=after(42))
    assert Campaign.objects.get().revision == revision + 2  # new dates, and a page that says so
    assert keep_up(now=after(69)).ended == 0
    assert keep_up(now=after(70)).ended == 1
    gone = fresh(rally)
    assert (gone.state, gone.sequence, is_fading(gone, after(71).date())) == (State.ENDED, 1, False)
    states = {one.starts_at > after(70): one.state for one in rally.occurrences.all()}
    assert states == {False: DateState.STANDS, True: DateState.CANCELLED}
    told = [*letters()][-1].content
    assert (told["to"], told["mail"]) == (OTTO.address, "series_faded")
    assert keep_up(now=after(80)) == Kept(0, 0, 0)


def test_who_comes_to_a_date_of_a_series_that_ends_is_told(campaign: Campaign) -> None:
    rally = weekly(campaign)
    factories.host(rally)
    row = rally.occurrences.select_related("rally__campaign").get(original_on=date(2026, 7, 20))
    coming.come(row)
    keep_up(now=after(28))
    Letter.objects.all().delete()
    keep_up(now=after(70))
    assert {one.content["mail"] for one in letters()} == {"date_cancelled", "series_faded"}


def test_an_answer_while_it_fades_brings_it_back(campaign: Campaign) -> None:
    rally = weekly(campaign)
    factories.host(rally)
    keep_up(now=after(28))
    question = question_in(link())
    assert question is not None
    assert say_standing(question=question, now=after(60))
    assert not is_fading(fresh(rally), after(60).date())
    assert keep_up(now=after(70)).ended == 0


def test_a_host_can_say_that_it_is_over(campaign: Campaign) -> None:
    rally = weekly(campaign)
    factories.host(rally)
    keep_up(now=after(28))
    question = question_in(link())
    assert question is not None
    assert say_over(question=question, now=after(29))
    assert fresh(rally).state == State.ENDED
    assert not say_over(question=question, now=after(29))
    assert not say_standing(question=question, now=after(29))


def test_who_is_not_asked(campaign: Campaign) -> None:
    drafted = CampaignFactory.create(state=CampaignState.DRAFT)
    for rally in (
        weekly(campaign, state=State.REFUSED),
        factories.rally(campaign=campaign, first_on=FIRST),
        factories.rally(campaign=campaign, first_on=FIRST, repeat="FREQ=WEEKLY;COUNT=30"),
        factories.rally(campaign=campaign, first_on=date(2026, 6, 1), repeat="FREQ=WEEKLY"),
        weekly(drafted),
    ):
        factories.host(rally)
    weekly(campaign)  # the team's own, without a host
    factories.host(weekly(campaign), confirmed_at=None)
    assert keep_up(now=after(28)).asked == 0
    assert not Letter.objects.exists()


def test_where_the_key_is_gone_nobody_is_asked_and_nothing_fades(campaign: Campaign) -> None:
    rally = weekly(campaign)
    factories.host(rally)
    keys.destroy(rally.pk)
    assert keep_up(now=after(28)).asked == 0
    assert fresh(rally).asked_on is None


def test_everybody_who_holds_it_is_asked_and_one_answer_is_enough(campaign: Campaign) -> None:
    rally = weekly(campaign)
    factories.host(rally)
    host, _ = factories.host(factories.rally(campaign=campaign), person=MAYA)
    sealed = keys.seal(rally.pk, "host", {"name": "Q", "email": MAYA.address, "language": "en"})
    Host.objects.filter(pk=host.pk).update(rally=rally, part=2, sealed=sealed)
    assert keep_up(now=after(28)).asked == 1
    assert {one.content["to"] for one in letters()} == {OTTO.address, MAYA.address}
    question = question_in(link())
    assert question is not None
    assert say_standing(question=question, now=after(29))


def test_quinns_link_answers_for_quinns_series_alone_and_a_newer_question_ends_it(campaign: Campaign) -> None:
    rally, other = weekly(campaign), weekly(campaign)
    factories.host(rally)
    factories.host(other, person=MAYA)
    keep_up(now=after(28))
    theirs = question_in(link())
    assert theirs is not None
    assert say_standing(question=theirs, now=after(29))
    assert (fresh(rally).standing_on, fresh(other).standing_on) == (None, after(29).date())
    keep_up(now=after(57))
    assert not say_standing(question=theirs, now=after(57))
    assert question_in(link()[:-1] + ("A" if link()[-1] != "A" else "B")) is None


def test_many_series_cost_no_more_questions_than_one(campaign: Campaign) -> None:
    counts = []
    for more in (1, 2):
        Rally.objects.all().delete()
        for _ in range(more):
            weekly(campaign)
        with CaptureQueriesContext(connection) as asked:
            keep_up(now=after(20))
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("repeat", ["FREQ=MONTHLY;BYDAY=1MO,9MO", "FREQ=MONTHLY;BYDAY=MO(+1)"])
def test_a_rule_from_before_it_was_refused_costs_nobody_else_their_dates(
    campaign: Campaign, caplog: pytest.LogCaptureFixture, repeat: str
) -> None:
    quinns = weekly(CampaignFactory.create(state=CampaignState.OPEN))
    Rally.objects.filter(pk=quinns.pk).update(repeat=repeat)
    mine = weekly(campaign)
    before = mine.occurrences.count()
    assert keep_up(now=after(70)) == Kept(11, 0, 0)
    assert mine.occurrences.count() == before + 11
    assert [line.getMessage() for line in caplog.records] == [
        f"rally {quinns.pk} is left out of the daily upkeep (BadRepeatError)"
    ]
