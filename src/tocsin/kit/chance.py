"""Random bytes of the system's generator, fetched a page at a time.

Asking the system gives up the interpreter's lock, and getting it back means waiting behind the
thread that writes to the database: six times for every signature, if each nonce was asked for
by itself. Every thread has bytes of its own, a forked process none of its parent's, and each
byte is given out once.
"""

import os
import threading

_FETCHED_BYTES = 4096


class _Fetched(threading.local):
    """What a thread has fetched and not given out yet."""

    store: bytes = b""
    at: int = 0


_fetched = _Fetched()


def random_bytes(count: int) -> bytes:
    """Return `count` random bytes, fit for keys, nonces and tokens; up to 4,096 of them."""
    mine = _fetched
    begin = mine.at
    end = begin + count
    if end > len(mine.store):
        mine.store, begin, end = os.urandom(max(_FETCHED_BYTES, count)), 0, count
    mine.at = end
    return mine.store[begin:end]


def _forget() -> None:
    """Give out nothing that the parent process may give out too."""
    global _fetched  # noqa: PLW0603  every thread's bytes at once
    _fetched = _Fetched()


os.register_at_fork(after_in_child=_forget)
