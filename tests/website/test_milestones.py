"""The milestones as stops along one line."""

from datetime import timedelta

import pytest

from tests.factories.signing import NOW, open_campaign
from tocsin.website.milestones import Stop, stops
from tocsin.website.poster import poster_of

pytestmark = pytest.mark.django_db


def line(goals: list[int], count: int, *, closed: bool = False) -> list[Stop]:
    campaign = open_campaign(goals=goals, closes_at=NOW - timedelta(days=1) if closed else None)
    return stops(poster_of(campaign, "en", now=NOW), count)


@pytest.mark.parametrize(
    "goals, count, standings",
    [
        ([1000], 0, ["next"]),
        ([1000], 1000, ["reached", "next"]),
        ([1000, 2500, 5000, 10000], 3093, ["reached", "reached", "next", "later"]),
        ([1, 2, 3, 4, 5, 6, 7, 8], 99, ["reached"] * 8 + ["next"]),
        ([], 5, []),
    ],
)
def test_each_stop_says_how_it_stands(goals: list[int], count: int, standings: list[str]) -> None:
    assert [stop.standing for stop in line(goals, count)] == standings


def test_each_stretch_begins_where_the_one_before_it_ends() -> None:
    assert [(stop.begins, stop.length) for stop in line([1000, 2500, 5000], 3093)] == [
        (0, 1000),
        (1000, 1500),
        (2500, 2500),
    ]


def test_once_signing_is_over_only_what_was_reached_is_shown() -> None:
    assert [stop.number for stop in line([1000, 2500], 1200, closed=True)] == [1000]
