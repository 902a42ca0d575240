"""A team always has an owner."""

import pytest

from tests import factories
from tocsin.campaigns import domain
from tocsin.campaigns.models import Campaign, Member, User
from tocsin.campaigns.refusals import Refusal, RefusedError
from tocsin.campaigns.states import Role


def test_adding_twice_gives_the_new_role(campaign: Campaign, noor: User) -> None:
    user: User = factories.UserFactory.create()
    domain.add_member(campaign=campaign, user=user, role=Role.EDITOR)
    domain.add_member(campaign=campaign, user=user, role=Role.OWNER)
    assert Member.objects.get(campaign=campaign, user=user).role == Role.OWNER


def test_the_last_owner_stays_one(campaign: Campaign, noor: User) -> None:
    with pytest.raises(RefusedError) as caught:
        domain.remove_member(campaign=campaign, user=noor)
    assert [one.refusal for one in caught.value.refused] == [Refusal.LAST_OWNER]
    with pytest.raises(RefusedError):
        domain.add_member(campaign=campaign, user=noor, role=Role.EDITOR)
    assert Member.objects.get(campaign=campaign, user=noor).role == Role.OWNER


def test_an_owner_may_go_when_another_is_there(campaign: Campaign, noor: User) -> None:
    domain.add_member(campaign=campaign, user=factories.UserFactory.create(), role=Role.OWNER)
    assert domain.remove_member(campaign=campaign, user=noor)
    assert not domain.remove_member(campaign=campaign, user=noor)


def test_who_is_on_another_team_cannot_be_taken_off_this_one(campaign: Campaign, noor: User, quinn: User) -> None:
    assert not domain.remove_member(campaign=campaign, user=quinn)
    assert Member.objects.filter(user=quinn).count() == 1
