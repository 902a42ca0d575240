"""Files that only their owner may read: what opens, or has opened, the vault."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_OWNER_ONLY = 0o600


@contextmanager
def new_private_file(path: Path) -> Iterator[BinaryIO]:
    """Give a new file to write; raises FileExistsError rather than write over one."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    with os.fdopen(handle, "wb") as file:
        yield file
