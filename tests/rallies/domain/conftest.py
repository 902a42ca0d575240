"""A day of action with rallies at its rule, for the tests of days that move."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.factories import rallies as factory
from tests.rallies.domain.moves import FIVE, SATURDAY, TITLE
from tocsin.campaigns.models import Campaign
from tocsin.rallies.domain.days import put_day
from tocsin.rallies.models import DayOfAction, Rally


@pytest.fixture
def day(campaign: Campaign) -> DayOfAction:
    put = put_day(campaign=campaign, title=TITLE, held_on=SATURDAY, wall_time=FIVE, now=factory.NOW)
    assert put is not None
    return put.day


@pytest.fixture
def rally_of(campaign: Campaign, day: DayOfAction) -> Callable[..., Rally]:
    """Return how a rally of the day is made; it stands at the rule, but for what is said."""

    def made(**changes: Any) -> Rally:
        usual: dict[str, Any] = {"first_on": SATURDAY, "wall_time": FIVE, "day_of_action": day.pk}
        return factory.rally(campaign=campaign, **(usual | changes))

    return made
