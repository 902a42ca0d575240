"""Keep what a process holds in memory to itself: names, tokens and keys pass through there."""

import ctypes
import resource

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def keep_memory_private() -> None:
    """Leave no core file when this process crashes, and let no other of the same user look into it.

    Inherited over a fork, but not over the start of another program: each process of ours asks.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux has it, others do not
    if prctl is not None:
        prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
