"""The goal that is shown: a milestone that is reached gives way to the next."""

from collections.abc import Sequence
from dataclasses import dataclass

_FIRST = 100
_STEPS = (10, 15, 20, 30, 50, 75)  # tenths: from 10,000 the next goals are 15,000, 20,000, 30,000 …


@dataclass(frozen=True, slots=True)
class Milestone:
    """One milestone and how it stands."""

    number: int
    is_reached: bool
    is_current: bool


def current_goal(goals: Sequence[int], count: int) -> int:
    """Return the first milestone above `count`; when the list ends, the next round number."""
    return next((goal for goal in goals if goal > count), 0) or _next_round(max(count, *goals, _FIRST - 1))


def milestones(goals: Sequence[int], count: int) -> tuple[Milestone, ...]:
    """Return every milestone, and behind the list the goal that follows it once all are reached."""
    current = current_goal(goals, count)
    shown = [*goals, current] if current not in goals else list(goals)
    return tuple(Milestone(goal, goal <= count, goal == current) for goal in shown)


def _next_round(count: int) -> int:
    """Return the lowest of 100, 150, 200, 300, 500, 750, 1,000, 1,500 … above `count`."""
    tenth = 10
    while tenth * _STEPS[-1] <= count:
        tenth *= 10
        if tenth * _STEPS[0] > count:
            return tenth * _STEPS[0]
    return next(tenth * step for step in _STEPS if tenth * step > count)
