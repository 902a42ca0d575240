"""Start load generators, and read what they found."""

import subprocess
import sys
from types import TracebackType
from typing import Self

from tocsin.cli.bench.orders import Order, Outcome, packed, read_outcome
from tocsin.cli.bench.processes import BenchError


class Shooting:
    """One load generator at work; leaving the block ends it, finished or not."""

    def __init__(self, order: Order, name: str) -> None:
        self._name = name
        command = [sys.executable, "-m", "tocsin.cli.bench.load"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self._process.stdin is not None:
            self._process.stdin.write(packed(order))
            self._process.stdin.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    @property
    def is_done(self) -> bool:
        """Say whether it has ended."""
        return self._process.poll() is not None

    def outcome(self) -> Outcome:
        """Wait for its end and return what it found; raise BenchError unless every answer was right."""
        said = self._process.stdout.read() if self._process.stdout is not None else b""
        if self._process.wait() != 0:
            message = f"the load generator for {self._name} failed"
            raise BenchError(message)
        outcome = read_outcome(said)
        check(outcome, self._name)
        return outcome


def carry_out(order: Order, name: str) -> Outcome:
    """Run one load generator to its end; raise BenchError unless every answer was right."""
    with Shooting(order, name) as shooting:
        return shooting.outcome()


def check(outcome: Outcome, name: str) -> None:
    """Raise BenchError unless there were answers, and only right ones."""
    if outcome.answered and not outcome.errors:
        return
    message = (
        f"{name} gave {outcome.errors} wrong answers among {outcome.answered}"
        f" ({outcome.statuses}, {outcome.broken} connections lost); the first was:\n{outcome.sample}"
    )
    raise BenchError(message)
