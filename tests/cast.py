"""The people of DESIGN section 1, as tests and docs meet them.

Maya signs. Noor organises, Otto hosts, Pilar speaks for an organisation, Rui doubts the
numbers, Quinn is on another campaign's team, Sam hosts the server.
"""

from dataclasses import dataclass

import pytest

from tests import factories
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.states import Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody without an account: what they would type into a form."""

    name: str
    address: str
    country: str
    place: str
    language: str = "en"


MAYA = Person("Maya Lindqvist", "maya@example.org", "SE", "Malmö")
OTTO = Person("Otto Brandt", "otto@example.net", "DE", "Kassel")
PILAR = Person("Pilar Ocaña", "pilar@example.com", "ES", "Cádiz", language="es")
RUI = Person("Rui Tavares", "rui@example.org", "PT", "Évora")


@pytest.fixture
def maya() -> Person:
    """Return Maya, who signs."""
    return MAYA


@pytest.fixture
def otto() -> Person:
    """Return Otto, who hosts a rally in his town."""
    return OTTO


@pytest.fixture
def pilar() -> Person:
    """Return Pilar, who speaks for an organisation."""
    return PILAR


@pytest.fixture
def rui() -> Person:
    """Return Rui, who doubts the numbers."""
    return RUI


@pytest.fixture
def campaign(db: None) -> Campaign:
    """Return Noor's campaign, a draft."""
    return factories.CampaignFactory.create(slug="night-trains")


@pytest.fixture
def noor(campaign: Campaign) -> User:
    """Return Noor, who owns the campaign."""
    user = factories.UserFactory.create(email="noor@example.org")
    factories.MemberFactory.create(campaign=campaign, user=user, role=Role.OWNER)
    return user


@pytest.fixture
def quinn(db: None) -> User:
    """Return Quinn, who owns another campaign and must be refused on this one."""
    user = factories.UserFactory.create(email="quinn@example.com")
    other = factories.CampaignFactory.create(slug="open-libraries", title={"en": "Open libraries on Sundays"})
    factories.MemberFactory.create(campaign=other, user=user, role=Role.OWNER)
    return user


@pytest.fixture
def sam(db: None) -> User:
    """Return Sam, who hosts the server and is on no campaign's team."""
    return factories.UserFactory.create(email="sam@example.net", is_superuser=True)
