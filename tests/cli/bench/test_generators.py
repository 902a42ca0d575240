"""cli.bench.generators: a run with a wrong answer in it is no measurement."""

from collections.abc import Callable

import pytest

from tocsin.cli.bench.generators import Shooting, carry_out, check
from tocsin.cli.bench.orders import Order, Outcome, packed, read_order, read_outcome
from tocsin.cli.bench.processes import BenchError, Started

Start = Callable[..., tuple[Started, int]]
Make = Callable[..., Order]


def test_a_run_of_right_answers_has_an_outcome(small_server: Start, order: Make) -> None:
    _, port = small_server(200)
    outcome = carry_out(order(port), "small")
    assert outcome.right > 10
    assert outcome.cpu_us > 0


@pytest.mark.parametrize("statuses", [(500,), (200, 200, 503), (200, 404), (0,)])
def test_one_wrong_answer_fails_the_run(small_server: Start, order: Make, statuses: tuple[int, ...]) -> None:
    _, port = small_server(*statuses)
    with pytest.raises(BenchError, match="small gave"):
        carry_out(order(port, repeats=False), "small")


def test_a_server_that_is_not_there_fails_the_run(order: Make, small_server: Start) -> None:
    server, port = small_server(200)
    server.stop()
    with pytest.raises(BenchError, match="failed"):
        carry_out(order(port), "small")


def test_no_answer_at_all_is_no_measurement() -> None:
    with pytest.raises(BenchError):
        check(Outcome(), "nobody")


def test_a_generator_ends_with_its_block(small_server: Start, order: Make) -> None:
    _, port = small_server(200)
    with Shooting(order(port, seconds=600.0), "small") as shooting:
        assert not shooting.is_done
    assert shooting.is_done


def test_orders_and_outcomes_survive_the_pipe() -> None:
    order = Order(port=1, requests="x", expect=(200, 303), seconds=2.5, rate=7.0)
    assert read_order(packed(order)) == order
    outcome = Outcome(answered=3, right=2, statuses={"200": 2, "500": 1}, sample="…")
    assert read_outcome(packed(outcome)) == outcome
    assert (outcome.errors, Outcome(answered=3, right=3, broken=1).errors) == (1, 1)
