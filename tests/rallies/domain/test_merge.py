"""Two pages of one rally become one: hosts are told, and whoever comes to the one comes to the other."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import MAYA, OTTO, PILAR, RUI, Person
from tests.factories import rallies as factory
from tests.factories.campaigns import CampaignFactory
from tests.rallies.domain.comers import told
from tocsin.campaigns.models import Campaign
from tocsin.kit.addresses import parse
from tocsin.outbox.models import Letter
from tocsin.rallies import keys
from tocsin.rallies.domain.merge import Merged, merge
from tocsin.rallies.models import Occurrence, Rally, Rsvp
from tocsin.rallies.queries.shown import rally_at
from tocsin.rallies.states import RsvpState, State
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


def test_who_does_not_fit_in_waits(two: tuple[Rally, Rally]) -> None:
    one, other = two
    Rally.objects.filter(pk=other.pk).update(capacity=2)
    coming(other, RUI)
    coming(one, MAYA, place_in_line=1)
    coming(one, PILAR, place_in_line=2)
    merged(one, other)
    assert numbers(other) == (2, 1)


def test_who_waited_at_the_one_has_a_place_where_the_other_has_room(two: tuple[Rally, Rally]) -> None:
    one, other = two
    Rally.objects.filter(pk=one.pk).update(capacity=1)
    coming(one, MAYA)
    pilar = coming(one, PILAR, RsvpState.WAITING, place_in_line=1)
    merged(one, other)
    pilar.refresh_from_db()
    assert (numbers(other), pilar.state, pilar.place_in_line) == ((2, 0), RsvpState.COMING, None)
    assert ("promoted", PILAR.address) in told()


def test_who_comes_to_a_date_that_the_other_does_not_have_stays_behind(two: tuple[Rally, Rally]) -> None:
    one, _ = two
    later = factory.rally(campaign=one.campaign, first_on=factory.details().first_on.replace(day=13))
    maya = coming(one, MAYA)
    assert merged(one, later) == Merged(later, 0, 1)
    maya.refresh_from_db()
    assert maya.occurrence.rally == one


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


def test_three_who_come_cost_no_more_questions_than_one() -> None:
    asked = []
    for people in ((RUI,), (MAYA,), (MAYA, PILAR, RUI)):  # the first of a process asks what is remembered from then on
        campaign = CampaignFactory.create()
        one, other = (factory.rally(campaign=campaign) for _ in range(2))
        for person in people:
            coming(one, person)
        with CaptureQueriesContext(connection) as queries:
            assert merged(one, other) is not None
        asked.append(len(queries))
    assert asked[1] == asked[2]
