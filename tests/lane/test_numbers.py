"""lane.numbers: a campaign's live numbers in slots and in count.json."""

import orjson
import pytest

from tests import factories
from tocsin.lane.numbers import Numbers, numbers_of
from tocsin.tally.queries import CountAt


def test_slots_in_the_language_of_the_page() -> None:
    numbers = Numbers("night-trains", "open", 20_000, CountAt(12_350, 5, 12_360))

    assert numbers.slots("es") == {
        "count": "12.345",
        "count_raw": "12345",
        "goal": "20.000",
        "goal_raw": "20000",
        "percent": "61",
        "signs": "12.350",
        "withdrawals": "5",
        "size": "12.360",
    }
    assert numbers.slots("en")["count"] == "12,345"


def test_count_json_is_the_public_contract() -> None:
    numbers = Numbers("night-trains", "open", 20_000, CountAt(12_350, 5, 12_360), "ab" * 32)

    assert orjson.loads(numbers.as_json()) == {
        "campaign": "night-trains",
        "count": 12_345,
        "signs": 12_350,
        "withdrawals": 5,
        "size": 12_360,
        "goal": 20_000,
        "state": "open",
        "sealing_key": "ab" * 32,
    }


@pytest.mark.parametrize("signs,goal", [(0, 100), (99, 100), (100, 1000), (10_000, 15_000)])
def test_the_goal_is_the_one_the_campaign_is_on_the_way_to(signs: int, goal: int) -> None:
    campaign = factories.CampaignFactory.build(goals=[100, 1000, 10_000])

    numbers = numbers_of(campaign, CountAt(signs, 0, signs))

    assert numbers.goal == goal
    assert int(numbers.slots("en")["percent"]) <= 100
