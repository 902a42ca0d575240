"""Whose turn it is: lines to the mail server are shared out among the providers that mail is due for.

One provider with a hundred thousand waiting letters, or one that answers slowly, leaves the
others their lines.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

_REFRESH_SECONDS = 0.5


class Turns:
    """Hands out providers, the least served first; used by all threads of a worker."""

    def __init__(
        self,
        *,
        connections: int,
        due: Callable[[], Sequence[str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._due = due
        self._clock = clock
        # One line is always left for whoever else is due, unless there is but one.
        self._most_of_one = max(1, connections - 1)
        self._lock = threading.Lock()
        self._known: set[str] = set()
        self._asked_at = float("-inf")
        self._busy: Counter[str] = Counter()
        self._served: dict[str, float] = {}
        self._resting: dict[str, float] = {}

    def take(self) -> str | None:
        """Return a provider to claim letters of, or None when nothing is due; give it back afterwards."""
        with self._lock:
            now = self._clock()
            if now - self._asked_at >= _REFRESH_SECONDS:
                self._known, self._asked_at = set(self._due()), now
            free = [provider for provider in self._known if self._is_free(provider, now)]
            if not free:
                return None
            chosen = min(free, key=lambda provider: (self._busy[provider], self._served.get(provider, 0.0), provider))
            self._busy[chosen] += 1
            self._served[chosen] = now
            return chosen

    def give_back(self, provider: str, *, is_empty: bool) -> None:
        """End a turn; `is_empty` says that no more letters were due."""
        with self._lock:
            self._busy[provider] -= 1
            if is_empty:
                self._known.discard(provider)

    def rest(self, provider: str, seconds: float) -> None:
        """Leave a provider alone for a while: it keeps saying "later"."""
        with self._lock:
            self._resting[provider] = self._clock() + seconds

    def _is_free(self, provider: str, now: float) -> bool:
        return self._busy[provider] < self._most_of_one and self._resting.get(provider, 0.0) <= now
