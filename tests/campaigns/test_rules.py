"""Who may do what, and that Quinn may nothing."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser

from tests import factories
from tocsin.campaigns import rules
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.states import Role

Rule = Callable[[rules.Anyone, Campaign], bool]
EDITORS: list[Rule] = [rules.can_see, rules.can_edit, rules.can_moderate]
OWNERS: list[Rule] = [rules.can_publish, rules.can_open, rules.can_change_team]


@pytest.mark.parametrize("rule", EDITORS + OWNERS)
def test_quinn_and_strangers_are_refused(rule: Rule, campaign: Campaign, quinn: User) -> None:
    assert not rule(quinn, campaign)
    assert not rule(AnonymousUser(), campaign)
    assert not rule(factories.UserFactory.create(), campaign)


@pytest.mark.parametrize("rule", EDITORS + OWNERS)
def test_an_owner_may(rule: Rule, campaign: Campaign, noor: User) -> None:
    assert rule(noor, campaign)


@pytest.mark.parametrize("rule", EDITORS + OWNERS)
def test_who_runs_the_server_may(rule: Rule, campaign: Campaign, sam: User) -> None:
    assert rule(sam, campaign)


@pytest.mark.parametrize("rule", EDITORS)
def test_an_editor_may_write_and_moderate(rule: Rule, campaign: Campaign) -> None:
    assert rule(factories.MemberFactory.create(campaign=campaign, role=Role.EDITOR).user, campaign)


@pytest.mark.parametrize("rule", OWNERS)
def test_an_editor_may_not_do_what_cannot_be_taken_back(rule: Rule, campaign: Campaign) -> None:
    assert not rule(factories.MemberFactory.create(campaign=campaign, role=Role.EDITOR).user, campaign)


@pytest.mark.parametrize("rule", EDITORS + OWNERS)
def test_a_disabled_account_may_nothing(rule: Rule, campaign: Campaign, noor: User, sam: User) -> None:
    for user in (noor, sam):
        user.is_active = False
        assert not rule(user, campaign)


def test_who_has_an_account_may_begin_a_campaign(quinn: User) -> None:
    assert rules.can_create(quinn)
    assert not rules.can_create(AnonymousUser())
