"""What this process has done, counted by name, for /metrics. Names only: no values, no addresses."""

from collections import Counter

_counted: Counter[str] = Counter()


def bump(name: str, by: int = 1) -> None:
    """Add to the counter `name`."""
    _counted[name] += by


def read() -> dict[str, int]:
    """Return a copy of all counters."""
    return dict(_counted)
