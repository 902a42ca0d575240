"""Measure several servers in turn, A B C A B C, and compare medians: other load on a machine comes and goes."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tocsin.cli.bench.generators import carry_out
from tocsin.cli.bench.orders import Order, Outcome
from tocsin.cli.bench.processes import Started

_WARM_UP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Contestant:
    """One server, and the order for so many seconds of load on it."""

    name: str
    server: Started
    order: Callable[[float], Order]
    after: Callable[[Outcome], None] = lambda _: None


@dataclass(slots=True)
class Measured:
    """What one contestant did in all of its rounds."""

    outcomes: list[Outcome] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)  # processor time of its processes for each answer

    warm_up: Outcome = field(default_factory=Outcome)
    has_run_out: bool = False  # of requests: on a fast machine it has shown enough by then
    rest: Outcome = field(default_factory=Outcome)  # what was too short for a round, once requests ran out

    @property
    def answered(self) -> int:
        """All answers, those of the warm-up and of the rest too."""
        return self.warm_up.answered + self.rest.answered + sum(outcome.answered for outcome in self.outcomes)

    @property
    def rate(self) -> float:
        """The median of right answers a second."""
        return statistics.median(outcome.rate for outcome in self.outcomes)

    def figures(self) -> dict[str, float | int]:
        """Return the medians, rounded, for a report."""
        return {
            "rate": round(self.rate, 1),
            "p50_ms": round(statistics.median(outcome.p50_ms for outcome in self.outcomes), 2),
            "p99_ms": round(statistics.median(outcome.p99_ms for outcome in self.outcomes), 2),
            "worst_ms": round(max(outcome.worst_ms for outcome in self.outcomes), 1),
            "server_cpu_us": round(statistics.median(self.cpu_us), 1),
            "generator_cpu_us": round(statistics.median(outcome.cpu_us for outcome in self.outcomes), 1),
            "answered": sum(outcome.answered for outcome in self.outcomes),
            "errors": sum(outcome.errors for outcome in self.outcomes),
        }


def compete(contestants: Sequence[Contestant], *, rounds: int, seconds: float) -> dict[str, Measured]:
    """Return what each contestant did; raise BenchError at the first run with an answer that is not right.

    Who is not measured does not run at all: mail that is still being sent would slow the others.
    """
    for contestant in contestants:
        contestant.server.thaw()
        contestant.server.settle()
        contestant.server.freeze()
    measured = {contestant.name: Measured() for contestant in contestants}
    for contestant in contestants:
        measured[contestant.name].warm_up, _ = _turn(contestant, _WARM_UP_SECONDS)
    for _ in range(rounds):
        for contestant in contestants:
            its = measured[contestant.name]
            if its.has_run_out:
                continue
            outcome, cpu_seconds = _turn(contestant, seconds)
            its.has_run_out = outcome.ran_out
            if its.outcomes and outcome.ran_out and outcome.seconds < seconds / 2:
                its.rest = outcome
                continue
            its.outcomes.append(outcome)
            its.cpu_us.append(1e6 * cpu_seconds / outcome.answered)
    for contestant in contestants:
        contestant.server.thaw()
    return measured


def _turn(contestant: Contestant, seconds: float) -> tuple[Outcome, float]:
    contestant.server.thaw()
    before = contestant.server.cpu_seconds()
    outcome = carry_out(contestant.order(seconds), contestant.name)
    cpu_seconds = contestant.server.cpu_seconds() - before
    contestant.server.freeze()
    contestant.after(outcome)
    return outcome, cpu_seconds
