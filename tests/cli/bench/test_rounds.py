"""cli.bench.rounds: everybody has a turn in every round, alone, and medians are compared."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tocsin.cli.bench.orders import Order, Outcome
from tocsin.cli.bench.processes import BenchError, Started
from tocsin.cli.bench.rounds import Contestant, Measured, compete

Start = Callable[..., tuple[Started, int]]
Make = Callable[..., Order]


def test_each_contestant_is_measured_in_each_round_after_warming_up(small_server: Start, order: Make) -> None:
    turns: list[str] = []
    contestants = []
    for name in ("one", "other"):
        server, port = small_server(200)
        usual = order(port)

        def ordered(seconds: float, name: str = name, usual: Order = usual) -> Order:
            turns.append(name)
            return replace(usual, seconds=seconds)

        contestants.append(Contestant(name, server, ordered))
    measured = compete(contestants, rounds=2, seconds=0.2)
    assert turns == ["one", "other"] * 3
    assert {name: len(one.outcomes) for name, one in measured.items()} == {"one": 2, "other": 2}
    for one in measured.values():
        assert one.answered == one.warm_up.answered + sum(outcome.answered for outcome in one.outcomes)
        assert one.figures()["errors"] == 0


def test_who_is_too_fast_for_the_requests_there_are_has_fewer_turns(small_server: Start, order: Make) -> None:
    (fast, port), (slow, other_port) = small_server(200), small_server(200)
    once = order(port, repeats=False, most=0)
    contestants = [
        Contestant("fast", fast, lambda seconds: replace(once, seconds=seconds)),
        Contestant("slow", slow, lambda seconds: order(other_port, seconds=seconds)),
    ]
    measured = compete(contestants, rounds=3, seconds=0.2)
    assert {name: len(one.outcomes) for name, one in measured.items()} == {"fast": 1, "slow": 3}


def test_the_rest_of_the_requests_is_no_round(small_server: Start, order: Make) -> None:
    server, port = small_server(200)
    orders = iter([order(port, seconds=0.2), order(port, seconds=0.2), order(port, repeats=False, seconds=5.0)])
    measured = compete([Contestant("fast", server, lambda _: next(orders))], rounds=2, seconds=5.0)["fast"]
    assert [outcome.ran_out for outcome in measured.outcomes] == [False]
    assert measured.rest.answered == 50
    assert measured.answered == measured.warm_up.answered + measured.outcomes[0].answered + 50, "they are stored too"


def test_a_wrong_answer_of_anybody_ends_it(small_server: Start, order: Make) -> None:
    server, port = small_server(200, 500)
    with pytest.raises(BenchError, match="bad gave"):
        compete([Contestant("bad", server, lambda _: order(port, repeats=False))], rounds=1, seconds=0.2)


def test_the_median_of_the_rounds_counts() -> None:
    rates = (100, 900, 200)
    measured = Measured(outcomes=[Outcome(answered=rate, right=rate, seconds=1.0) for rate in rates], cpu_us=[1, 2, 3])
    assert measured.rate == 200
    assert measured.figures()["server_cpu_us"] == 2
