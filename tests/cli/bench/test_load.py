"""cli.bench.load: what the load generator counts, and what it refuses to count."""

import time
from collections.abc import Callable

import pytest

from tests.cli.bench.small_server import BODY
from tocsin.cli.bench.load import AnswerBrokenError, Generator, answer_length
from tocsin.cli.bench.orders import Order
from tocsin.cli.bench.processes import Started

Start = Callable[..., tuple[Started, int]]
Make = Callable[..., Order]


def test_right_answers_are_counted_and_timed(small_server: Start, order: Make) -> None:
    _, port = small_server(200)
    outcome = Generator(order(port)).run()
    assert (outcome.errors, outcome.sample, outcome.statuses) == (0, "", {"200": outcome.answered})
    assert outcome.answered == outcome.right > 10
    assert outcome.rate == pytest.approx(outcome.right / outcome.seconds)
    assert 0 < outcome.p50_ms <= outcome.p99_ms <= outcome.worst_ms


def test_an_answer_that_was_not_expected_is_an_error_with_a_sample(small_server: Start, order: Make) -> None:
    _, port = small_server(200, 200, 500)
    outcome = Generator(order(port, repeats=False, connections=1)).run()
    assert outcome.statuses == {"200": 34, "500": 16}
    assert (outcome.answered, outcome.right, outcome.errors) == (50, 34, 16)
    assert outcome.sample == "HTTP/1.1 500 Any\r\ncontent-length: 5\r\n\r\nhello"


@pytest.mark.parametrize("status", [0, 1, 2])
def test_who_hangs_up_or_sends_no_http_is_counted_as_broken(small_server: Start, order: Make, status: int) -> None:
    _, port = small_server(200, status)
    outcome = Generator(order(port, repeats=False, connections=1)).run()
    assert (outcome.right, outcome.broken, outcome.errors) == (25, 25, 25)


@pytest.mark.parametrize("status", [3, 4])
def test_chunks_and_pieces_are_put_together(small_server: Start, order: Make, status: int) -> None:
    _, port = small_server(status)
    outcome = Generator(order(port, repeats=False)).run()
    assert (outcome.right, outcome.errors) == (50, 0)
    assert status == 3 or outcome.answer_bytes > len(BODY)


def test_a_file_is_sent_once_and_its_end_is_told(small_server: Start, order: Make) -> None:
    _, port = small_server(200)
    assert _answered(order(port, repeats=False, seconds=60.0)) == (50, True)
    assert _answered(order(port, repeats=False, seconds=60.0, skip=20)) == (30, True)
    assert _answered(order(port, repeats=False, seconds=60.0, most=7)) == (7, False)


def _answered(order: Order) -> tuple[int, bool]:
    outcome = Generator(order).run()
    return outcome.answered, outcome.ran_out


def test_a_timetable_is_kept_and_waiting_counts_from_when_it_was_due(small_server: Start, order: Make) -> None:
    server, port = small_server(200)
    outcome = Generator(order(port, rate=100.0, seconds=1.0)).run()
    assert outcome.right == pytest.approx(100, abs=2)
    server.freeze()
    generator = Generator(order(port, rate=100.0, seconds=0.4, connections=1))
    time.sleep(0.1)
    server.thaw()
    assert generator.run().errors == 0


@pytest.mark.parametrize(
    "data,length",
    [
        (b"", 0),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n", 0),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", 41),
        (b"HTTP/1.1 200 OK\r\ncontent-length:3\r\nx: y\r\n\r\nabc", 46),
        (b"HTTP/1.1 304 Not Modified\r\netag: x\r\n\r\n", 38),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n", 0),
    ],
)
def test_the_length_of_an_answer_is_read_from_its_head(data: bytes, length: int) -> None:
    assert answer_length(data) == length


def test_an_answer_without_a_length_is_refused() -> None:
    with pytest.raises(AnswerBrokenError):
        answer_length(b"HTTP/1.1 200 OK\r\n\r\n")
