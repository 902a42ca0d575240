"""The letters that one line of a worker holds, and until when."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from tocsin.outbox.domain import GivenUp, PutOff, give_back, renew, settle

# A batch is done in far less; only one that hangs on a slow server is renewed at all.
_RENEW_BELOW = 0.75


class Held:
    """A batch under lease: renewed by the worker's clockwork while a line works through it."""

    def __init__(
        self, letters: Sequence[int], lease_end: int, *, seconds: int, clock: Callable[[], float] = time.time
    ) -> None:
        self._letters = set(letters)
        self._lease_end = lease_end
        self._seconds = seconds
        self._clock = clock
        # Held through each write below, so that a renewal never moves the lease under a settling.
        self._lock = threading.Lock()

    def has(self, letter: int) -> bool:
        """Say whether a letter may still be sent by us; somebody else may have it when the lease ran out."""
        return letter in self._letters and self._clock() < self._lease_end - 1

    def renew_if_old(self, now: datetime) -> None:
        """Hold on for longer once a quarter of the lease is over."""
        with self._lock:
            if not self._letters or self._lease_end - self._clock() > self._seconds * _RENEW_BELOW:
                return
            ours, self._lease_end = renew(
                sorted(self._letters), lease_end=self._lease_end, lease_seconds=self._seconds, now=now
            )
            self._letters &= ours

    def forget(self, letter: int) -> None:
        """Stop holding a letter: it was sent."""
        self._letters.discard(letter)

    def finish(
        self,
        *,
        put_off: Sequence[PutOff],
        given_up: Sequence[GivenUp],
        untried: Sequence[tuple[int, int]],
        untried_seconds: int,
        now: datetime,
    ) -> None:
        """Write down how each letter fared, and hold none any more."""
        with self._lock:
            settle(put_off=put_off, given_up=given_up, lease_end=self._lease_end, now=now)
            if untried:
                give_back(untried, lease_end=self._lease_end, seconds=untried_seconds, now=now)
            self._letters.clear()
