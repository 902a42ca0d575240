"""What tells text that a parser is done with from text that it hangs at."""

import contextlib
import time
from collections.abc import Iterator

PATIENCE = 10.0
"""Seconds of one thread's processor time. No measure of speed: what backtracks over the texts tried takes minutes."""


@contextlib.contextmanager
def no_hang() -> Iterator[None]:
    """Fail when what is done inside costs more than PATIENCE; what else the machine does is no finding."""
    begun = time.thread_time()
    yield
    assert time.thread_time() - begun < PATIENCE, "it hangs"
