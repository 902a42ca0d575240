"""What a load generator is told, and what it tells afterwards; neither knows of Django."""

from dataclasses import asdict, dataclass, field
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Order:
    """What to send, where to, and what counts as right."""

    port: int
    requests: str  # a request file, or with `links` the file whose lines name what to confirm
    expect: tuple[int, ...]
    seconds: float
    connections: int = 64
    repeats: bool = False  # send the file's first request over and over
    rate: float = 0.0  # requests a second, whatever the answers do; 0: as fast as answers come
    skip: int = 0  # requests of the file used by an earlier run
    most: int = 0  # stop after so many; 0: no such limit
    links: bool = False  # `requests` grows while it is read: each line is a link to confirm


@dataclass(slots=True)
class Outcome:
    """What came back."""

    answered: int = 0
    right: int = 0
    seconds: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    broken: int = 0  # connections lost, or answers that cannot be read
    ran_out: bool = False  # the file had too few requests for the time
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    worst_ms: float = 0.0
    answer_bytes: int = 0  # of the last right answer, with its head
    cpu_us: float = 0.0  # the generator's own cost of a request
    sample: str = ""  # the first answer that was not expected

    @property
    def rate(self) -> float:
        """Right answers a second."""
        return self.right / self.seconds if self.seconds else 0.0

    @property
    def errors(self) -> int:
        """Everything that was not answered as expected."""
        return self.answered - self.right + self.broken

    def figures(self) -> dict[str, float | int]:
        """Return what a report shows of it, rounded."""
        return {
            "rate": round(self.rate, 1),
            "p50_ms": round(self.p50_ms, 2),
            "p99_ms": round(self.p99_ms, 2),
            "worst_ms": round(self.worst_ms, 1),
            "generator_cpu_us": round(self.cpu_us, 1),
            "answered": self.answered,
            "errors": self.errors,
        }


def packed(content: Order | Outcome) -> bytes:
    """Return an order or an outcome as JSON."""
    return orjson.dumps(asdict(content))


def read_order(content: bytes) -> Order:
    """Return the order that `packed` wrote."""
    given: dict[str, Any] = orjson.loads(content)
    return Order(**(given | {"expect": tuple(given["expect"])}))


def read_outcome(content: bytes) -> Outcome:
    """Return the outcome that `packed` wrote."""
    return Outcome(**orjson.loads(content))
