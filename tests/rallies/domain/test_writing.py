from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from tests import factories
from tests.factories import rallies as factory
from tocsin import db
from tocsin.campaigns.models import Campaign
from tocsin.rallies.details import Chat, Details, Where, columns_of, details_of
from tocsin.rallies.domain.dates import add_dates
from tocsin.rallies.domain.writing import change_rally
from tocsin.rallies.models import Occurrence, Rally
from tocsin.rallies.refusals import RefusedError
from tocsin.rallies.states import Attendance, DateState, State

pytestmark = pytest.mark.django_db(transaction=True)
NOW = factory.NOW


def change(rally: Rally, details: Details, now: datetime = NOW) -> list[Occurrence]:
    with db.transaction():
        return change_rally(rally=rally, details=details, now=now)


def days(rally: Rally) -> list[date]:
    return list(rally.occurrences.order_by("original_on").values_list("held_on", flat=True))


def test_a_rally_is_stored_with_its_date_and_its_campaign_shows_it() -> None:
    campaign = factories.CampaignFactory.create()
    rally = factory.rally(campaign=campaign)

    assert (rally.slug, rally.state, rally.approved_on) == ("kassel", State.APPROVED, NOW.date())
    (occurrence,) = rally.occurrences.all()
    assert occurrence.starts_at == datetime(2026, 6, 6, 10, 0, tzinfo=UTC)
    assert occurrence.ends_at - occurrence.starts_at == timedelta(hours=2)
    campaign.refresh_from_db()
    assert campaign.revision == 1


def test_details_go_in_and_come_out_the_same() -> None:
    given = factory.details(repeat="FREQ=WEEKLY", skipped=(date(2026, 6, 13),), duties={"marshal": 3}, capacity=80)
    stored = Rally.objects.get(pk=factory.rally(**{name: getattr(given, name) for name in given.__slots__}).pk)

    assert details_of(stored) == given
    assert columns_of(details_of(stored)) == columns_of(given)


def test_a_second_rally_in_a_town_has_an_address_of_its_own() -> None:
    campaign = factories.CampaignFactory.create()

    assert [factory.rally(campaign=campaign).slug for _ in range(3)] == ["kassel", "kassel-2", "kassel-3"]
    assert factory.rally(campaign=factories.CampaignFactory.create()).slug == "kassel"


def test_no_rally_takes_an_address_that_is_a_page_of_ours() -> None:
    assert factory.rally(where=Where(city="Map", country="GB")).slug == "map-2"


def test_a_series_has_rows_up_to_the_horizon_and_more_as_time_goes_by() -> None:
    rally = factory.rally(repeat="FREQ=WEEKLY", now=datetime(2026, 6, 1, tzinfo=UTC))
    before = len(days(rally))

    assert before == 26
    with db.transaction():
        assert add_dates(rallies=[rally], now=datetime(2026, 6, 8, tzinfo=UTC)) == 1
        assert add_dates(rallies=[rally], now=datetime(2026, 6, 8, tzinfo=UTC)) == 0


def test_a_rally_years_ahead_has_its_date_all_the_same() -> None:
    assert days(factory.rally(first_on=date(2030, 6, 6))) == [date(2030, 6, 6)]


def test_what_cannot_stand_is_not_stored() -> None:
    with pytest.raises(RefusedError, match="zone_unknown"):
        factory.rally(zone="Nowhere")
    assert (Rally.objects.count(), Occurrence.objects.count()) == (0, 0)


def test_another_hour_moves_the_dates_to_come_and_is_a_big_change() -> None:
    rally = factory.rally(repeat="FREQ=WEEKLY;COUNT=3")
    after_the_first = datetime(2026, 6, 7, tzinfo=UTC)

    changed = change(rally, replace(details_of(rally), wall_time=time(15)), after_the_first)

    assert [one.held_on for one in changed] == [date(2026, 6, 13), date(2026, 6, 20)]
    assert [one.wall_time for one in rally.occurrences.order_by("held_on")] == [time(12), time(15), time(15)]
    rally.refresh_from_db()
    assert (rally.sequence, rally.has_big_change) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        {"title": {"en": "Buy a sofa"}},
        {"about": {"en": "A sofa for every lounge"}},
        {"held_by": "Friends of the sofa"},
        {"until_note": {"en": "Until each has a sofa"}},
        {"chats": (Chat(label="Sofas", url="https://sofa.example/"),)},
    ],
    ids=lambda words: next(iter(words)),
)
def test_other_words_after_the_approval_are_looked_at_and_move_no_calendar(words: dict[str, Any]) -> None:
    rally = factory.rally()

    assert change(rally, replace(details_of(rally), **words)) == []
    assert (rally.sequence, rally.has_big_change) == (0, True)


def test_what_nobody_approved_yet_and_what_changes_no_words_is_not_marked() -> None:
    announced, approved = factory.rally(state=State.ANNOUNCED), factory.rally()
    change(announced, replace(details_of(announced), held_by="Friends of the sofa"))
    change(approved, replace(details_of(approved), capacity=40))
    assert (announced.has_big_change, approved.has_big_change) == (False, False)


def test_another_address_to_join_online_is_looked_at() -> None:
    rally = factory.rally(attendance=Attendance.BOTH, online_url="https://meet.example/train")
    change(rally, replace(details_of(rally), online_url="https://sofa.example/"))
    assert rally.has_big_change


def test_a_date_that_the_rule_no_longer_gives_is_cancelled_where_people_know_of_it() -> None:
    rally = factory.rally()

    (cancelled,) = change(rally, replace(details_of(rally), first_on=date(2026, 6, 7)))

    assert (cancelled.held_on, cancelled.state) == (date(2026, 6, 6), DateState.CANCELLED)
    assert days(rally) == [date(2026, 6, 6), date(2026, 6, 7)]


def test_before_anybody_knows_of_it_it_goes() -> None:
    rally = factory.rally(state=State.ASKED)

    assert change(rally, replace(details_of(rally), first_on=date(2026, 6, 7))) == []
    assert days(rally) == [date(2026, 6, 7)]


def test_what_has_passed_stays_as_it_was() -> None:
    rally = factory.rally()

    assert change(rally, replace(details_of(rally), first_on=date(2026, 7, 4)), datetime(2026, 6, 8, tzinfo=UTC)) == []
    assert [one.state for one in rally.occurrences.order_by("held_on")] == [DateState.STANDS, DateState.STANDS]


def test_outside_a_transaction_nothing_is_written() -> None:
    rally = factory.rally(campaign=Campaign.objects.create(slug="rivers", languages=["en"], title={"en": "Rivers"}))
    with pytest.raises(RuntimeError):
        change_rally(rally=rally, details=details_of(rally), now=NOW)
