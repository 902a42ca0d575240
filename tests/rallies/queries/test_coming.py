"""rallies.queries.coming: how many wait before somebody, in the very order in which places are given."""

import pytest

from tests.factories.campaigns import CampaignFactory
from tests.factories.coming import come, date_of_a_rally, people
from tests.factories.rallies import NOW
from tocsin.rallies.domain.give_up import give_up
from tocsin.rallies.domain.merge import merge
from tocsin.rallies.queries.coming import own_rsvp_of, people_before
from tocsin.rallies.states import RsvpState

pytestmark = pytest.mark.django_db


def before(link: bytes) -> int | None:
    """Return how many wait before whose link it is; None for somebody who does not wait."""
    own = own_rsvp_of(link, now=NOW)
    assert own is not None
    return people_before(own.row) if own.state is RsvpState.WAITING else None


def test_of_two_lines_that_a_merge_made_one_nobody_is_the_next_but_one() -> None:
    campaign = CampaignFactory.create()
    one, other = (date_of_a_rally(campaign=campaign, capacity=2) for _ in range(2))
    theirs, ours = people(8)[:4], people(8)[4:]
    carried = [come(one, person) for person in theirs]
    here = [come(other, person) for person in ours]
    assert [before(link) for link in carried] == [before(link) for link in here] == [None, None, 0, 1]
    assert merge(campaign=campaign, rally=one.rally_id, into=other.rally_id, now=NOW) is not None
    line = [*carried[:2], carried[2], here[2], carried[3], here[3]]
    assert [before(link) for link in line] == [0, 1, 2, 3, 4, 5]
    for place in here[:2]:
        assert give_up(token=place, now=NOW)
    assert [before(link) for link in line] == [None, None, 0, 1, 2, 3], "places are given in that order"


def test_who_brings_others_counts_with_them() -> None:
    date = date_of_a_rally(capacity=3)
    first, second, third = people(3)
    come(date, first, guests=2)
    come(date, second, guests=1)
    assert before(come(date, third)) == 2
