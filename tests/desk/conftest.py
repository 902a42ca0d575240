"""The desk's people, signed in, and a campaign that is open."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import factories
from tests.factories import signing
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.states import Role

SignedIn = Callable[[User], Client]


@pytest.fixture
def edith(campaign: Campaign) -> User:
    """Return Edith, an editor on Noor's team."""
    user = factories.UserFactory.create(email="edith@example.org")
    factories.MemberFactory.create(campaign=campaign, user=user, role=Role.EDITOR)
    return user


@pytest.fixture
def open_one(noor: User, edith: User) -> Campaign:
    """Return a campaign that is open, with Noor and Edith on its team."""
    campaign = signing.open_campaign("sleeper-cars")
    factories.MemberFactory.create(campaign=campaign, user=noor, role=Role.OWNER)
    factories.MemberFactory.create(campaign=campaign, user=edith, role=Role.EDITOR)
    return campaign


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def signed_in() -> SignedIn:
    """Return how a person is signed in."""
    return _signed_in


@pytest.fixture
def desk(noor: User) -> Client:
    """Return the desk as Noor has it before her."""
    return _signed_in(noor)


@pytest.fixture
def edith_desk(edith: User) -> Client:
    """Return the desk as Edith has it before her."""
    return _signed_in(edith)
