"""A campaign with people in it, and a keeper that this process is a child of."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests import factories
from tests.cast import MAYA, OTTO, PILAR, RUI, Person
from tests.factories import signing
from tests.factories.vault import key_pair
from tocsin.campaigns.models import Campaign, User
from tocsin.campaigns.states import Role
from tocsin.signing.opened.door import Door
from tocsin.vault import keeper
from tocsin.vault.keeper import Keeper

NOW = datetime(2026, 4, 3, 10, 0, tzinfo=UTC)
PEOPLE = (MAYA, OTTO, PILAR, RUI)


def many(number: int) -> list[Person]:
    """Return so many people with addresses of their own."""
    return [replace(MAYA, name=f"Maya the {one}th", address=f"maya{one}@example.org") for one in range(number)]


class Opened:
    """An open campaign with an owner, and the door through which she has unlocked it."""

    def __init__(self, campaign: Campaign, user: User) -> None:
        self.campaign = campaign
        self.user = user
        self.door = Door(campaign, user, "browser")
        self.keys = [key_pair().private]
        self.ends_at = NOW + timedelta(minutes=15)

    def unlock(self) -> None:
        """Put the key where unlocking puts it."""
        keeper.put(self.door.name, b"".join(self.keys), seconds=900)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    """Return a keeper, as `tocsin serve` has one."""
    own = Keeper()
    for name, value in own.environment().items():
        monkeypatch.setenv(name, value)
    yield own
    own.close()


@pytest.fixture
def vault(db: None, kept: Keeper) -> Opened:
    """Return an unlocked campaign that nobody has signed yet."""
    campaign = signing.open_campaign()
    user = factories.UserFactory.create(email="noor@example.org")
    factories.MemberFactory.create(campaign=campaign, user=user, role=Role.OWNER)
    opened = Opened(campaign, user)
    opened.unlock()
    return opened
