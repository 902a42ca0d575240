"""signing.domain.release: what an organiser lets through counts like any other."""

import pytest

from tests.cast import MAYA, OTTO
from tests.factories.signing import NOW, confirm, count, open_campaign, sign
from tocsin.signing import domain as signing
from tocsin.signing import queries
from tocsin.signing.models import Signature
from tocsin.signing.states import Hold, ReasonState, State
from tocsin.tally.queries import count_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_released_signatures_count_and_show_the_name_that_was_sealed() -> None:
    campaign = open_campaign()
    confirm(sign(campaign, hold=Hold.NETWORK_RATE, shows_name=True, place="Malmö", reason="Sleep").token)
    (line,) = queries.held(campaign.pk)
    assert line.hold is Hold.NETWORK_RATE
    assert queries.public_list(campaign.pk) == []
    assert signing.release(campaign=campaign, keys=[(line.tag, line.seat)], now=NOW) == 1
    count()
    assert Signature.objects.get().state == State.COUNTED
    assert count_of(campaign.pk).number == 1
    (shown,) = queries.public_list(campaign.pk)
    assert (shown.name, shown.place, shown.reason_state) == (MAYA.name, "Malmö", ReasonState.WAITING)


def test_twice_releases_once() -> None:
    campaign = open_campaign()
    confirm(sign(campaign, hold=Hold.NETWORK_RATE).token)
    keys = [(line.tag, line.seat) for line in queries.held(campaign.pk)]
    assert [signing.release(campaign=campaign, keys=keys, now=NOW) for _ in range(2)] == [1, 0]


def test_quinn_cannot_release_what_is_not_hers() -> None:
    campaign, other = open_campaign(), open_campaign("open-libraries")
    confirm(sign(campaign, hold=Hold.NETWORK_RATE).token)
    keys = [(line.tag, line.seat) for line in queries.held(campaign.pk)]
    assert signing.release(campaign=other, keys=keys, now=NOW) == 0


def test_a_hidden_name_stays_hidden_when_it_is_released() -> None:
    campaign = open_campaign()
    token = sign(campaign, hold=Hold.NETWORK_RATE, shows_name=True).token
    confirm(token)
    assert signing.hide_name(token=token, now=NOW)
    (line,) = queries.held(campaign.pk)
    signing.release(campaign=campaign, keys=[(line.tag, line.seat)], now=NOW)
    assert queries.public_list(campaign.pk) == []


def test_the_held_list_goes_on_where_it_stopped() -> None:
    campaign = open_campaign()
    confirm(*(sign(campaign, person, hold=Hold.NETWORK_RATE).token for person in (MAYA, OTTO)))
    (first,) = queries.held(campaign.pk, limit=1)
    (second,) = queries.held(campaign.pk, limit=1, after=first.key)
    assert first.tag < second.tag
    assert queries.held(campaign.pk, after=second.key) == []
