"""Whether the mail server answers: while it does not, nothing is claimed and nobody hammers at it."""

import logging
import threading
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)
_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 60.0


class Gate:
    """Closed for a while after each failure, twice as long each time, a minute at most."""

    def __init__(self, *, jitter: Callable[[], float], clock: Callable[[], float] = time.monotonic) -> None:
        self._jitter = jitter
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opens_at = float("-inf")

    def is_open(self) -> bool:
        """Say whether to try; after a failure one thread at a time does."""
        with self._lock:
            now = self._clock()
            if now < self._opens_at:
                return False
            if self._failures:
                self._opens_at = now + self._wait()
            return True

    def failed(self, why: str) -> None:
        """Close for a while; said in the log the first time, and then each time the wait is at its longest."""
        with self._lock:
            self._failures += 1
            wait = self._wait()
            self._opens_at = self._clock() + wait
            if self._failures == 1 or wait >= _LONGEST_WAIT_SECONDS / 2:
                _log.warning("mail waits: %s; tried again in %.0f s", why, wait)

    def passed(self) -> None:
        """Open: the server answers."""
        with self._lock:
            if self._failures:
                _log.warning("the mail server answers again")
            self._failures = 0
            self._opens_at = float("-inf")

    def _wait(self) -> float:
        longest: float = min(_FIRST_WAIT_SECONDS * 2.0 ** min(max(self._failures - 1, 0), 10), _LONGEST_WAIT_SECONDS)
        return longest * (0.5 + self._jitter() / 2)
