"""Makes one picture afresh in a process of its own, within limits the kernel enforces.

`bounded_jpeg` starts ``python -m tocsin.campaigns.picture_process``: the picture goes in by
standard input, the fresh JPEG comes out by standard output; the exit code says what was wrong. A
picture made to exhaust memory or time ends that process, never the one that answers people or
brings a campaign in.
"""

import resource
import subprocess
import sys
from typing import IO

from tocsin.campaigns.pictures import MAX_BYTES, fresh_jpeg
from tocsin.campaigns.refusals import Refusal, RefusedError
from tocsin.kit.private_memory import keep_memory_private

SECONDS = 10
MEMORY = 1 << 30  # 50 million pixels take about half of it
_MODULE = "tocsin.campaigns.picture_process"  # not __name__, which is __main__ in the process itself
# More than the process's CPU seconds: a busy machine gives them slowly.
_PATIENCE = 30
_EXITS = {Refusal.PICTURE_TOO_BIG: 3, Refusal.PICTURE_UNREADABLE: 4}
_REFUSALS = {code: refusal for refusal, code in _EXITS.items()}


def bounded_jpeg(upload: IO[bytes]) -> bytes:
    """Return the picture as a fresh JPEG, made in a process that may take 10 s and 1 GB; raises RefusedError."""
    content = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise _refused(Refusal.PICTURE_TOO_BIG)
    command = [sys.executable, "-I", "-m", _MODULE]
    try:
        done = subprocess.run(  # a fixed command; the upload is only its input
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # its complaints may quote the picture
            env={},  # ours names the database, with its password
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _refused(Refusal.PICTURE_TOO_BIG) from error
    if done.returncode:
        # A negative code is the kernel's signal: too long, or too much.
        raise _refused(_REFUSALS.get(done.returncode, Refusal.PICTURE_TOO_BIG))
    return done.stdout


def main() -> int:
    """Re-encode standard input; return the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    keep_memory_private()
    try:
        content = fresh_jpeg(sys.stdin.buffer)
    except RefusedError as error:
        return _EXITS.get(error.refused[0].refusal, _EXITS[Refusal.PICTURE_UNREADABLE])
    except MemoryError:
        return _EXITS[Refusal.PICTURE_TOO_BIG]
    sys.stdout.buffer.write(content)
    return 0


def _refused(refusal: Refusal) -> RefusedError:
    return RefusedError.of(refusal, "picture")


if __name__ == "__main__":
    sys.exit(main())
