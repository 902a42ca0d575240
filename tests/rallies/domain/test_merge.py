"""Two pages of one rally become one: hosts are told, and whoever comes to the one comes to the other."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import MAYA, OTTO, PILAR, RUI, Person
from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tests.factories.coming import ask, come, date_of_a_rally
from tests.factories.coming import told as told_in_full
from tests.rallies.domain.comers import told
from tocsin.campaigns.models import Campaign
from tocsin.kit.addresses import parse
from tocsin.outbox.models import Letter
from tocsin.rallies import keys
from tocsin.rallies.domain.cancel import cancel_date
from tocsin.rallies.domain.give_up import give_up
from tocsin.rallies.domain.merge import Merged, merge
from tocsin.rallies.domain.postpone import postpone
from tocsin.rallies.domain.remind import remind
from tocsin.rallies.hosts import PrivatePlace, seal_place
from tocsin.rallies.models import Occurrence, Rally, Rsvp
from tocsin.rallies.queries.coming import OwnRsvp, own_rsvp_of
from tocsin.rallies.queries.shown import rally_at
from tocsin.rallies.reminders import Reminder, begun
from tocsin.rallies.states import DateState, Duty, RsvpState, State
from tocsin.seal.tokens import new_token, to_text, token_hash

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[Rally, Rally]:
    """Return two rallies of one campaign on one day, each with a host."""
    campaign = CampaignFactory.create()
    one, other = (factory.rally(campaign=campaign, state=State.ANNOUNCED) for _ in range(2))
    factory.host(one, person=OTTO)
    factory.host(other, person=RUI)
    return one, other


def coming(rally: Rally, person: Person, state: RsvpState = RsvpState.COMING, **more: Any) -> Rsvp:
    """Store somebody who comes to the first date of a rally."""
    address, token = parse(person.address), new_token()
    assert address is not None
    date = rally.occurrences.order_by("starts_at")[0]
    content = {"email": person.address, "name": person.name, "language": "en", "token": to_text(token)}
    made = Rsvp.objects.create(
        occurrence=date,
        token_hash=token_hash(token),
        tag=keys.rsvp_tag(rally.pk, address),
        state=state,
        sealed=keys.seal(rally.pk, "rsvp", content),
        asked_on=factory.NOW.date(),
        **more,
    )
    column = "coming" if state == RsvpState.COMING else "waiting"
    Occurrence.objects.filter(pk=date.pk).update(**{column: getattr(date, column) + 1 + made.guests})
    return made


def own_of(link: bytes) -> OwnRsvp:
    own = own_rsvp_of(link, now=factory.NOW)
    assert own is not None
    return own


def merged(one: Rally, other: Rally, campaign: Campaign | None = None) -> Merged | None:
    return merge(campaign=campaign or one.campaign, rally=one.pk, into=other.pk, now=factory.NOW)


def numbers(rally: Rally) -> tuple[int, int]:
    date = rally.occurrences.order_by("starts_at")[0]
    return date.coming, date.waiting


def test_its_address_leads_to_the_other_one(two: tuple[Rally, Rally]) -> None:
    one, other = two
    assert merged(one, other) == Merged(other, 0, 0)
    assert rally_at(one.campaign, one.slug) == other
    assert Letter.objects.count() == 1


def test_who_was_merged_before_follows(two: tuple[Rally, Rally]) -> None:
    one, other = two
    first = factory.rally(campaign=one.campaign)
    merged(first, one)
    merged(one, other)
    first.refresh_from_db()
    assert first.merged_into_id == other.pk


def test_who_comes_is_carried_over_under_the_other_rallys_key(two: tuple[Rally, Rally]) -> None:
    one, other = two
    maya = coming(one, MAYA, guests=2)
    assert merged(one, other) == Merged(other, 1, 0)
    maya.refresh_from_db()
    assert (maya.occurrence.rally, maya.state, numbers(one), numbers(other)) == (
        other,
        RsvpState.COMING,
        (0, 0),
        (3, 0),
    )
    keys.destroy(one.pk)
    assert keys.unseal(other.pk, "rsvp", bytes(maya.sealed))["email"] == MAYA.address
    address = parse(MAYA.address)
    assert address is not None
    assert bytes(maya.tag) == keys.rsvp_tag(other.pk, address)
    assert Letter.objects.count() == 2


def test_nobody_comes_twice(two: tuple[Rally, Rally]) -> None:
    one, other = two
    twice = coming(one, MAYA)
    coming(other, MAYA)
    merged(one, other)
    twice.refresh_from_db()
    assert (twice.state, numbers(other)) == (RsvpState.GONE, (1, 0))


def test_who_came_to_both_is_erased_where_they_gave_up_one_of_the_two_links() -> None:
    campaign = CampaignFactory.create()
    one, other = (date_of_a_rally(campaign=campaign) for _ in range(2))
    here = come(one, MAYA, guests=2, duty=Duty.MARSHAL)
    there = come(other, MAYA)
    assert merged(one.rally, other.rally) is not None
    spent = Rsvp.objects.get(token_hash=token_hash(here))
    assert (spent.state, bytes(spent.sealed), spent.guests, spent.duty) == (RsvpState.GONE, b"", 0, "")
    assert own_rsvp_of(here, now=factory.NOW) == own_rsvp_of(there, now=factory.NOW)
    assert give_up(token=here, now=factory.NOW)
    assert [(row.state, bytes(row.sealed)) for row in Rsvp.objects.all()] == [(RsvpState.GONE, b"")] * 2
    assert numbers(other.rally) == (0, 0)


def test_every_link_of_somebody_goes_along_with_each_merge_and_gives_up_the_place() -> None:
    campaign = CampaignFactory.create()
    one, other, last = (date_of_a_rally(campaign=campaign) for _ in range(3))
    links = [come(one, MAYA), come(one, MAYA), come(other, MAYA), ask(one, MAYA)]
    come(one, PILAR)
    gone = come(one, RUI)
    assert give_up(token=gone, now=factory.NOW)
    for source, target in ((one, other), (other, last)):
        merge(campaign=campaign, rally=source.rally_id, into=target.rally_id, now=factory.NOW)
        shown = [own_of(link) for link in links]
        assert [(own.state, own.occurrence) for own in shown] == [(RsvpState.COMING, target)] * 4
    assert numbers(last.rally) == (2, 0)
    assert give_up(token=links[1], now=factory.NOW)
    assert numbers(last.rally) == (1, 0)
    assert [own.state for own in map(own_of, [*links[:3], gone])] == [RsvpState.GONE] * 4


def test_who_does_not_fit_in_waits(two: tuple[Rally, Rally]) -> None:
    one, other = two
    Rally.objects.filter(pk=other.pk).update(capacity=2)
    coming(other, RUI)
    coming(one, MAYA, place_in_line=1)
    coming(one, PILAR, place_in_line=2)
    merged(one, other)
    assert numbers(other) == (2, 1)
    assert told()[1:] == [("merged_coming", MAYA.address), ("merged_waiting", PILAR.address)]


def test_who_came_to_both_and_waits_there_is_not_told_of_a_place(two: tuple[Rally, Rally]) -> None:
    one, other = two
    Rally.objects.filter(pk=other.pk).update(capacity=1)
    coming(other, RUI)
    coming(other, MAYA, RsvpState.WAITING, place_in_line=1)
    coming(one, MAYA)
    merged(one, other)
    assert numbers(other) == (1, 1)
    assert told()[1:] == [("merged_waiting", MAYA.address)]


def test_who_waited_at_the_one_has_a_place_where_the_other_has_room(two: tuple[Rally, Rally]) -> None:
    one, other = two
    Rally.objects.filter(pk=one.pk).update(capacity=1)
    coming(one, MAYA)
    pilar = coming(one, PILAR, RsvpState.WAITING, place_in_line=1)
    merged(one, other)
    pilar.refresh_from_db()
    assert (numbers(other), pilar.state, pilar.place_in_line) == ((2, 0), RsvpState.COMING, None)
    assert told()[1:] == [("merged_coming", MAYA.address), ("merged_coming", PILAR.address)]


def test_who_waited_there_is_promoted_before_the_merged_and_told_once(two: tuple[Rally, Rally]) -> None:
    one, other = two
    Rally.objects.filter(pk=other.pk).update(capacity=2)
    rui = coming(other, RUI, RsvpState.WAITING, place_in_line=1)
    coming(one, MAYA, RsvpState.WAITING, place_in_line=2)
    pilar = coming(one, PILAR, RsvpState.WAITING, place_in_line=3)
    merged(one, other)
    rui.refresh_from_db()
    pilar.refresh_from_db()
    assert (rui.state, pilar.state) == (RsvpState.COMING, RsvpState.WAITING)
    assert told()[1:] == [
        ("merged_coming", MAYA.address),
        ("merged_waiting", PILAR.address),
        ("promoted", RUI.address),
    ]


def test_who_comes_to_a_date_that_the_other_does_not_have_stays_behind(two: tuple[Rally, Rally]) -> None:
    one, _ = two
    later = factory.rally(campaign=one.campaign, first_on=factory.details().first_on.replace(day=13))
    maya = coming(one, MAYA)
    assert merged(one, later) == Merged(later, 0, 1)
    maya.refresh_from_db()
    assert (maya.occurrence.rally, maya.occurrence.state) == (one, DateState.CANCELLED)


def test_who_stays_behind_is_told_but_not_of_what_they_know_nor_without_having_confirmed() -> None:
    campaign = CampaignFactory.create()
    one = factory.rally(campaign=campaign, repeat="FREQ=WEEKLY;COUNT=2")
    other = date_of_a_rally(campaign=campaign, first_on=date(2026, 6, 7))
    known, late = one.occurrences.select_related("rally__campaign").order_by("starts_at")
    come(known, PILAR)
    assert cancel_date(rally=one.pk, date=known.pk, note="", now=factory.NOW)
    come(late, MAYA)
    ask(late, RUI)
    Letter.objects.all().delete()
    assert merged(one, other.rally) == Merged(other.rally, 0, 2)
    [letter] = told_in_full()
    assert (letter.mail, letter.to) == ("merged_left", MAYA.address)
    assert (letter.texts["day"], letter.texts["instead_day"]) == ("Saturday, June 13, 2026", "Sunday, June 7, 2026")
    assert not remind(now=late.starts_at - timedelta(hours=2))


def test_who_was_told_that_it_is_cancelled_comes_to_nothing_by_a_merge() -> None:
    campaign = CampaignFactory.create()
    one, other = (date_of_a_rally(campaign=campaign) for _ in range(2))
    link = come(one, MAYA, guests=1)
    ask(one, PILAR)
    assert cancel_date(rally=one.rally_id, date=one.pk, note="A storm is coming.", now=factory.NOW)
    Letter.objects.all().delete()
    assert merged(one.rally, other.rally) == Merged(other.rally, 0, 0)
    assert (numbers(one.rally), numbers(other.rally), told_in_full()) == ((2, 0), (0, 0), [])
    assert own_of(link).occurrence == one


def test_who_waits_for_the_new_day_of_a_postponed_date_is_told_of_the_merge_though_its_old_day_is_over() -> None:
    campaign = CampaignFactory.create()
    one, other = (date_of_a_rally(campaign=campaign, first_on=date(2026, 6, day)) for day in (6, 13))
    link = come(one, MAYA)
    assert postpone(rally=one.rally_id, date=one.pk, note="", now=factory.NOW)
    Letter.objects.all().delete()
    later = one.ends_at + timedelta(days=3)
    assert merge(campaign=campaign, rally=one.rally_id, into=other.rally_id, now=later) == Merged(other.rally, 0, 1)
    [letter] = told_in_full()
    assert (letter.mail, letter.texts["instead_day"]) == ("merged_left", "Saturday, June 13, 2026")
    assert own_of(link).occurrence.state == DateState.CANCELLED


def test_a_merged_rallys_dates_leave_calendars_with_a_higher_sequence(two: tuple[Rally, Rally]) -> None:
    one, other = two
    merged(one, other)
    before = one.sequence
    one.refresh_from_db()
    assert one.sequence == before + 1
    assert [row.state for row in one.occurrences.all()] == [DateState.CANCELLED]
    assert [row.state for row in other.occurrences.all()] == [DateState.STANDS]


def private(campaign: Campaign, place: str, hour: time) -> Occurrence:
    """Return the date of a rally whose address is told two days before."""
    made = date_of_a_rally(campaign=campaign, wall_time=hour, is_address_private=True, address_hours=48)
    sealed = seal_place(made.rally_id, PrivatePlace(place))
    Rally.objects.filter(pk=made.rally_id).update(is_address_private=True, place="", address="", sealed_place=sealed)
    return Occurrence.objects.select_related("rally__campaign").get(pk=made.pk)


def test_what_was_told_of_the_other_hour_and_private_place_is_told_anew() -> None:
    campaign = CampaignFactory.create()
    one, other = private(campaign, "Mill", time(12)), private(campaign, "Barn", time(9))
    come(one, MAYA)
    evening = one.starts_at - timedelta(hours=18)
    assert remind(now=evening) == 2
    assert [letter.mail for letter in told_in_full(MAYA)][-2:] == ["tomorrow", "exact_address"]
    Letter.objects.all().delete()
    assert merge(campaign=campaign, rally=one.rally_id, into=other.rally_id, now=evening) is not None
    [letter] = told_in_full(MAYA)
    assert (letter.mail, letter.texts["exact"]) == ("merged_coming", "Barn, Kassel")
    assert letter.texts["hours"].startswith("9:00")
    carried = Rsvp.objects.get()
    assert carried.reminded == begun(other.rally, other, evening) & ~Reminder.ADDRESS == Reminder.TOMORROW
    Letter.objects.all().delete()
    for hours in (17, 4, 3, 1):
        remind(now=other.starts_at - timedelta(hours=hours))
    assert [(letter.mail, letter.texts["exact"]) for letter in told_in_full()] == [
        ("exact_address", "Barn, Kassel"),
        ("today", "Barn, Kassel"),
    ]


@pytest.mark.parametrize("state", [State.REFUSED, State.MERGED, State.ENDED, State.ASKED])
def test_what_is_over_takes_nothing_in(two: tuple[Rally, Rally], state: State) -> None:
    one, other = two
    Rally.objects.filter(pk=other.pk).update(state=state)
    assert merged(one, other) is None
    one.refresh_from_db()
    assert one.state == State.ANNOUNCED


def test_two_organisers_merge_two_rallies_once(two: tuple[Rally, Rally]) -> None:
    one, other = two
    assert merged(one, other) is not None
    assert merged(other, one) is None
    assert merged(one, other) is None


def test_no_rally_is_merged_into_itself_or_into_another_campaigns(two: tuple[Rally, Rally]) -> None:
    one, _ = two
    quinns = factory.rally()
    assert merged(one, one) is None
    assert merged(one, quinns) is None
    assert merged(quinns, one, campaign=quinns.campaign) is None
    assert set(Rally.objects.values_list("state", flat=True)) == {State.ANNOUNCED, State.APPROVED}


def test_those_of_one_who_are_carried_over_fill_the_places_one_after_the_other(two: tuple[Rally, Rally]) -> None:
    one, other = two
    for place, (person, guests) in enumerate(((MAYA, 1), (PILAR, 2), (RUI, 0))):
        coming(one, person, guests=guests, place_in_line=place)
    Rally.objects.filter(pk=other.pk).update(capacity=3)
    merged(one, other)
    assert (numbers(one), numbers(other)) == ((0, 0), (3, 3))


@pytest.mark.parametrize("what", ["carried", "waiting", "came to both", "two links", "left"])
def test_three_who_come_cost_no_more_questions_than_one(what: str) -> None:
    asked = []
    for people in ((RUI,), (MAYA,), (MAYA, PILAR, RUI)):  # the first of a process asks what is remembered from then on
        campaign = CampaignFactory.create()
        first_on = date(2026, 6, 13 if what == "left" else 6)
        one, other = factory.rally(campaign=campaign), factory.rally(campaign=campaign, first_on=first_on)
        if what == "waiting":
            Rally.objects.filter(pk=other.pk).update(capacity=1)
            coming(other, OTTO)
        for person in people:
            coming(one, person)
            if what == "came to both":
                coming(other, person)
            if what == "two links":
                second = coming(one, person, RsvpState.ASKED)
                Rsvp.objects.filter(pk=second.pk).update(state=RsvpState.GONE)
        with CaptureQueriesContext(connection) as queries:
            assert merged(one, other) is not None
        asked.append(len(queries))
    assert asked[1] == asked[2]
