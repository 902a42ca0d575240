"""Processes that a benchmark starts: each in the folder given, ended by its own number."""

import contextlib
import math
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_SETTLING_SECONDS = 1.0
_IDLE_SHARE = 0.1  # of one core
_PORTS = (20_000, 32_000)
_TICKS = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """Why a benchmark cannot go on, in a line for the terminal."""


def free_port() -> int:
    """Return a loopback port that nobody listens on.

    One at random of those that Linux takes for no outgoing connection (they begin at 32768): the load's own
    connections would else take it before its server starts, and a benchmark beside this one be given the same.
    """
    while True:
        port = random.randrange(*_PORTS)  # noqa: S311  not a secret
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Started:
    """A process with all of its descendants; frozen while others are measured."""

    def __init__(self, name: str, command: Sequence[str], *, folder: Path, environ: Mapping[str, str]) -> None:
        self.name = name
        self._log = folder / f"{name}.log"
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=folder, env={**os.environ, **environ}, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def said(self) -> str:
        """The end of what it wrote to its log."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-2_000:]

    def wait_for(self, port: int) -> None:
        """Return once somebody listens on `port`; raise BenchError, with the process ended, when nobody does."""
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
            time.sleep(0.05)
        self.stop()
        message = f"{self.name} does not answer on port {port}: {self.said}"
        raise BenchError(message)

    def family(self) -> list[int]:
        """Return the numbers of the process and of all its descendants."""
        parents = _parents()
        found = [self._process.pid]
        for number in found:  # grows while it is read: children of children
            found += [child for child, parent in parents.items() if parent == number]
        return found

    def settle(self) -> None:
        """Return once it has started for good: its port answers before its worker has read all of its program."""
        until = time.monotonic() + _START_SECONDS
        used, before = math.inf, self.cpu_seconds()
        while used > _IDLE_SHARE * _SETTLING_SECONDS and time.monotonic() < until:
            time.sleep(_SETTLING_SECONDS)
            now = self.cpu_seconds()
            used, before = now - before, now

    def freeze(self) -> None:
        """Let none of them run until `thaw`."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)

    def cpu_seconds(self) -> float:
        """Return the processor time that the living ones among them have used."""
        return sum(_cpu_seconds(number) for number in self.family())

    def peaks(self) -> dict[str, int]:
        """Return the highest resident size of each of them so far, in MB, by number and command."""
        return {f"{number} {_command(number)}": _peak_mb(number) for number in self.family()}

    def stop(self) -> None:
        """End them all, by asking first."""
        family = self.family()
        self.thaw()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_SECONDS)
        for number in family:
            if number in _parents():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
        self._process.wait()

    def _signal(self, kind: signal.Signals) -> None:
        for number in self.family():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, kind)


def _parents() -> dict[int, int]:
    """Return the parent of every process of this machine."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            found[int(folder.name)] = int(_fields(int(folder.name))[1])
    return found


def _fields(number: int) -> list[str]:
    """Return what proc(5) calls stat, from the state on: the name before it may hold anything."""
    return Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2].split()


def _cpu_seconds(number: int) -> float:
    try:
        fields = _fields(number)
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _peak_mb(number: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{number}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) // 1024
    return 0


def _command(number: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{number}/comm").read_text(encoding="utf-8").strip()
    return "gone"
