"""How a number grew, as a picture drawn on the server and as the table behind it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, groupby
from typing import NamedTuple

WIDTH, HEIGHT = 600, 200
_MOST_POINTS = 400
_MOST_ROWS = 200
_NICE = (1, 2, 2.5, 5, 10)


class Added(NamedTuple):
    """What one day added to the number, and took from it."""

    day: date
    signs: int
    withdrawals: int


class Row(NamedTuple):
    """One line of the table: a day, or a month when there would be too many; `number` is that of its end."""

    day: date
    signs: int
    withdrawals: int
    number: int


@dataclass(frozen=True, slots=True)
class Growth:
    """A picture and its table. `line` and `area` are SVG path data in a box of WIDTH by HEIGHT."""

    line: str
    area: str
    top: int
    first: date
    last: date
    rows: tuple[Row, ...]
    is_monthly: bool

    @property
    def busiest(self) -> Row:
        """The line of the table that added most."""
        return max(self.rows, key=lambda row: row.signs)


def growth_of(days: Sequence[Added], *, until: date) -> Growth | None:
    """Return how the number grew, day by day, up to `until`; None when there is nothing to draw.

    `days` are in order; days on which nothing happened are left out, and drawn level.
    """
    if not days:
        return None
    rows = _with_numbers(days)
    first, last = rows[0].day - timedelta(days=1), max(until, rows[-1].day)
    points = [(first, 0)]
    for row in rows:
        if points[-1][0] < row.day - timedelta(days=1):
            points.append((row.day - timedelta(days=1), points[-1][1]))
        points.append((row.day, row.number))
    if points[-1][0] < last:
        points.append((last, points[-1][1]))
    top = ceiling(max(number for _, number in points))
    line = _path(_thinned(points), first, last, top)
    is_monthly = len(rows) > _MOST_ROWS
    return Growth(
        line=line,
        area=f"{line}V{HEIGHT}H0Z",
        top=top,
        first=rows[0].day,
        last=last,
        rows=tuple(_by_month(rows) if is_monthly else rows),
        is_monthly=is_monthly,
    )


def ceiling(number: int) -> int:
    """Return a round number that is not below `number`: 1, 2, 2.5 or 5 with zeros, ten at the least."""
    power = 10
    while power * 10 < number:
        power *= 10
    return next(int(power * step) for step in _NICE if power * step >= number)


def _with_numbers(days: Sequence[Added]) -> list[Row]:
    numbers = accumulate(one.signs - one.withdrawals for one in days)
    return [Row(*one, number) for one, number in zip(days, numbers, strict=True)]


def _by_month(rows: Sequence[Row]) -> list[Row]:
    months = [list(those) for _, those in groupby(rows, key=lambda row: row.day.replace(day=1))]
    return [
        Row(
            those[0].day.replace(day=1),
            sum(r.signs for r in those),
            sum(r.withdrawals for r in those),
            those[-1].number,
        )
        for those in months
    ]


def _thinned(points: list[tuple[date, int]]) -> list[tuple[date, int]]:
    """Leave out what nobody can see in a picture this size; the ends stay."""
    step = -(-len(points) // _MOST_POINTS)
    return [*points[:-1:step], points[-1]]


def _path(points: Sequence[tuple[date, int]], first: date, last: date, top: int) -> str:
    days = (last - first).days
    placed = [((day - first).days * WIDTH / days, HEIGHT - number * HEIGHT / top) for day, number in points]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in placed)
