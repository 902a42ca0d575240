"""The milestones as stops along one line, from nobody to the goal after next."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from tocsin.campaigns.goals import milestones
from tocsin.website.poster import Poster


class Standing(StrEnum):
    """How far the number is from a stop."""

    REACHED = "reached"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Stop:
    """One milestone, and the stretch of the line that leads to it from `begins`."""

    begins: int
    number: int
    standing: Standing

    @property
    def length(self) -> int:
        """How many signatures the stretch stands for."""
        return self.number - self.begins


def stops(poster: Poster, count: int) -> list[Stop]:
    """Return the milestones beside the count: once signing is over those that were reached, and no next one."""
    goals = poster.campaign.goals
    found = milestones(goals, count) if goals else ()
    shown = [one for one in found if one.is_reached or not poster.is_closed]
    starts = pairwise([0, *(one.number for one in shown)])
    return [
        Stop(begins, number, _standing(is_reached=one.is_reached, is_current=one.is_current))
        for (begins, number), one in zip(starts, shown, strict=True)
    ]


def _standing(*, is_reached: bool, is_current: bool) -> Standing:
    if is_reached:
        return Standing.REACHED
    return Standing.NEXT if is_current else Standing.LATER
