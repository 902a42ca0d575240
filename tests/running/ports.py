"""Free loopback ports."""

import itertools
import os
import random
import socket
from collections.abc import Iterator
from functools import lru_cache

# Below where Linux takes the ports of outgoing connections from (32768): a port that is free now must be free
# still when its server starts, or comes back, seconds later.
_FIRST = 10_000
_SLICE = 500  # ports for each of the processes that run tests side by side


def free_port() -> int:
    """Return a port that nobody listens on, and that no other process of this test run is given."""
    while True:
        port = next(_ports())
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@lru_cache(maxsize=1)
def _ports() -> Iterator[int]:
    """Go round and round this process's own ports, from a random one: what was just given up comes last."""
    first = _FIRST + _SLICE * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    start = random.randrange(_SLICE)
    return itertools.cycle((*range(first + start, first + _SLICE), *range(first, first + start)))
