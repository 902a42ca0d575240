"""Re-encodes one uploaded picture in a process of its own, within limits the kernel enforces.

Run as ``python -m tocsin.desk.picture_process``: the picture comes in by standard input, the
fresh JPEG goes out by standard output; the exit code says what was wrong. A picture made to
exhaust memory or time ends this process, never the one that answers people.
"""

import resource
import sys

from tocsin.campaigns.pictures import fresh_jpeg
from tocsin.campaigns.refusals import Refusal, RefusedError

SECONDS = 10
MEMORY = 1 << 30  # 50 million pixels take about half of it
EXITS = {Refusal.PICTURE_TOO_BIG: 3, Refusal.PICTURE_UNREADABLE: 4}


def main() -> int:
    """Re-encode standard input; return the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        content = fresh_jpeg(sys.stdin.buffer)
    except RefusedError as error:
        return EXITS.get(error.refused[0].refusal, EXITS[Refusal.PICTURE_UNREADABLE])
    except MemoryError:
        return EXITS[Refusal.PICTURE_TOO_BIG]
    sys.stdout.buffer.write(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
