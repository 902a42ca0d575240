"""A goal that is reached moves on to the next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.campaigns.goals import Milestone, current_goal, milestones


@pytest.mark.parametrize(
    "count,goal",
    [(0, 100), (99, 100), (100, 500), (499, 500), (500, 750), (750, 1000), (999, 1000), (1000, 1500), (1500, 2000)],
)
def test_a_reached_goal_gives_way(count: int, goal: int) -> None:
    assert current_goal([100, 500], count) == goal


@pytest.mark.parametrize(
    "count,goal", [(0, 100), (100, 150), (2_999, 3_000), (3_000, 5_000), (7_500, 10_000), (1_000_000, 1_500_000)]
)
def test_without_a_list_goals_are_round(count: int, goal: int) -> None:
    assert current_goal([], count) == goal


def test_behind_a_last_milestone_that_is_not_round_comes_a_round_one() -> None:
    assert current_goal([1234], 1234) == 1500


@given(st.lists(st.integers(1, 10**10), unique=True, max_size=8).map(sorted), st.integers(0, 10**11))
def test_the_goal_is_always_ahead_and_never_beyond_all_reason(goals: list[int], count: int) -> None:
    goal = current_goal(goals, count)
    assert goal > count
    if goal not in goals:
        assert goal <= max(100, 2 * max(count, *goals, 1))


def test_milestones_say_how_they_stand() -> None:
    assert milestones([100, 500, 900], 500) == (
        Milestone(100, is_reached=True, is_current=False),
        Milestone(500, is_reached=True, is_current=False),
        Milestone(900, is_reached=False, is_current=True),
    )
    assert milestones([100], 100) == (
        Milestone(100, is_reached=True, is_current=False),
        Milestone(150, is_reached=False, is_current=True),
    )
