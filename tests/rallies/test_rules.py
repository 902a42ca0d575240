"""Who may do what with rallies: editors look after them, owners write to everybody and end them; Quinn nothing."""

import pytest

from tests import factories
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.rules import Anyone
from tocsin.campaigns.states import Role
from tocsin.rallies.rules import can_broadcast, can_enter, can_look_after, can_resolve

RULES = (can_look_after, can_enter, can_broadcast, can_resolve)


def allowed(user: Anyone, campaign: Campaign) -> list[bool]:
    return [rule(user, campaign) for rule in RULES]


@pytest.mark.parametrize(
    "role, may", [(Role.OWNER, [True, True, True, True]), (Role.EDITOR, [True, True, False, False])]
)
def test_what_each_part_of_the_team_may(campaign: Campaign, role: Role, may: list[bool]) -> None:
    user = factories.UserFactory.create(email="someone@example.org")
    factories.MemberFactory.create(campaign=campaign, user=user, role=role)
    assert allowed(user, campaign) == may


def test_quinn_may_nothing(campaign: Campaign, quinn: User) -> None:
    assert allowed(quinn, campaign) == [False] * 4
