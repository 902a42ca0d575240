"""Counters of all processes of this server, added up: each writes its own file once a second.

Whoever reads /metrics meets one process by chance; a number must not depend on which. What a
process counted stays in the sum after it has ended, until the server is started anew.
"""

import os
from pathlib import Path

import orjson

from tocsin.lane import counters


class SharedCounters:
    """This process's file among those of its siblings, in one folder of the data folder."""

    def __init__(self, folder: Path) -> None:
        # The parent is the same for all processes of one start; files of earlier starts go.
        self._family = f"{os.getppid()}-"
        self._folder = folder
        self._file = folder / f"{self._family}{os.getpid()}.json"
        self._written: dict[str, int] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.glob("*.json"):
            if not file.name.startswith(self._family):
                file.unlink(missing_ok=True)

    def write(self) -> None:
        """Write what this process has counted, if it has counted anything since."""
        counted = counters.read()
        if counted == self._written:
            return
        fresh = self._file.with_suffix(".new")
        fresh.write_bytes(orjson.dumps(counted))
        fresh.replace(self._file)  # a reader sees the old file or the new one
        self._written = counted

    def add_up(self) -> dict[str, int]:
        """Return the sum of all processes, this one's as it stands now."""
        total = counters.read()
        for file in self._folder.glob(f"{self._family}*.json"):
            if file == self._file:
                continue
            for name, value in orjson.loads(file.read_bytes()).items():
                total[name] = total.get(name, 0) + value
        return total
