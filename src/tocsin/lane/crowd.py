"""Do many people sign? The worker asks, to give way to them: mail may lag, signing may not.

Those who confirm come by way of mail, as fast as it goes; giving way to them too would hold up both.

What the web processes count lies in files of theirs, new once a second. On a machine without
web processes there are none, and nobody to give way to.
"""

import time
from collections.abc import Callable
from pathlib import Path

import orjson

# A server of two cores that has so much to do a second has half of its time left.
_MANY_A_SECOND = 500
# As often as the files are new. What a process writes just too late for one look is in the next one.
_LOOK_SECONDS = 1.0


class Crowd:
    """Says whether many sign, from the counters in a data folder; used by several threads."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._seen = self._come_so_far()
        self._looked_at = clock()
        self._is_there = False

    def is_there(self) -> bool:
        """Say whether more than 500 a second signed, this last second; looks once a second."""
        passed = self._clock() - self._looked_at
        if passed >= _LOOK_SECONDS:
            self._looked_at += passed  # first, so that other threads do not look too
            before, self._seen = self._seen, self._come_so_far()
            self._is_there = self._seen - before > _MANY_A_SECOND * passed
        return self._is_there

    def _come_so_far(self) -> int:
        return sum(_come_in(file) for file in self._folder.glob("*.json"))


def _come_in(file: Path) -> int:
    try:
        counted = orjson.loads(file.read_bytes())
    except FileNotFoundError:  # of a server that has just been started anew
        return 0
    taken: int = counted.get("taken", 0)
    return taken
