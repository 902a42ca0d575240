"""signing.domain.disown: "this wasn't me" keeps a signature from counting, in every state."""

import pytest

from tests.factories.signing import NOW, confirm, count, open_campaign, sign
from tocsin.seal.tokens import new_token
from tocsin.signing import domain as signing
from tocsin.signing.domain import Outcome
from tocsin.signing.models import Signature
from tocsin.signing.states import Hold, State
from tocsin.tally.queries import count_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_robot_that_presses_not_me_and_then_sign_is_held() -> None:
    token = sign(open_campaign()).token
    assert signing.disown(token=token, now=NOW)
    assert confirm(token) == [Outcome.HELD]
    assert Signature.objects.get().hold == Hold.DISOWNED


def test_a_robot_that_presses_sign_and_then_not_me_is_held_and_gets_no_index() -> None:
    campaign = open_campaign()
    token = sign(campaign).token
    confirm(token)
    assert signing.disown(token=token, now=NOW)
    count()
    row = Signature.objects.get()
    assert (row.state, row.hold, count_of(campaign.pk).number) == (State.HELD, Hold.DISOWNED, 0)


def test_a_counted_one_is_withdrawn() -> None:
    campaign = open_campaign()
    token = sign(campaign).token
    confirm(token)
    count()
    assert signing.disown(token=token, now=NOW)
    count()
    assert (Signature.objects.count(), count_of(campaign.pk).number) == (0, 0)


def test_an_unknown_token_denies_nothing() -> None:
    confirm(sign(open_campaign()).token)
    assert not signing.disown(token=new_token(), now=NOW)
    assert Signature.objects.get().state == State.CONFIRMED
