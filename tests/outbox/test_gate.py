"""outbox.gate: a mail server that is down is asked rarely, by one thread at a time."""

import logging

import pytest

from tocsin.outbox.gate import Gate


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_opens_again_later_each_time_and_within_a_minute() -> None:
    clock = Clock()
    gate = Gate(jitter=lambda: 1.0, clock=clock)
    assert gate.is_open()
    waits = []
    for _ in range(8):
        gate.failed("refused")
        start = clock.now
        while not gate.is_open():
            clock.now += 0.5
        waits.append(clock.now - start)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_after_a_failure_one_thread_tries_and_the_others_wait() -> None:
    clock = Clock()
    gate = Gate(jitter=lambda: 1.0, clock=clock)
    gate.failed("refused")
    clock.now += 1
    assert [gate.is_open(), gate.is_open()] == [True, False]
    gate.passed()
    assert [gate.is_open(), gate.is_open()] == [True, True]


def test_the_log_says_it_once_and_then_when_it_answers(caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate(jitter=lambda: 1.0, clock=Clock())
    with caplog.at_level(logging.WARNING):
        gate.failed("127.0.0.1:25 does not answer")
        gate.failed("127.0.0.1:25 does not answer")
        gate.passed()
        gate.passed()
    assert caplog.messages == [
        "mail waits: 127.0.0.1:25 does not answer; tried again in 1 s",
        "the mail server answers again",
    ]
