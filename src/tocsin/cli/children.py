"""Child processes: started, restarted when they die, and stopped within ten seconds.

Each child leads a process group of its own, so that whatever it started goes with it; and it
holds one end of a pipe whose other end closes with this process, so that a server killed
outright leaves nobody behind who keeps its port.
"""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tocsin.vault.keeper import Keeper

_log = logging.getLogger(__name__)
_PIPE = "TOCSIN_PARENT_PIPE"
_LOOK_SECONDS = 0.2
_STOP_SECONDS = 8.0
_LONG_LIFE_SECONDS = 30.0
_LONGEST_WAIT_SECONDS = 10.0


@dataclass(slots=True)
class _Child:
    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    short_lives: int = 0


@dataclass(slots=True)
class Children:
    """The children of one server, and the keeper that they ask for opened keys."""

    keeper: Keeper = field(default_factory=Keeper)
    stop: threading.Event = field(default_factory=threading.Event)
    _children: list[_Child] = field(default_factory=list)
    _pipe: tuple[int, int] = field(default_factory=os.pipe)

    def add(self, name: str, *command: str) -> None:
        """Start `python -m tocsin.cli COMMAND`, under a name for the log."""
        child = _Child(name, [sys.executable, "-m", "tocsin.cli", *command])
        self._children.append(child)
        self._start(child)

    def run(self) -> None:
        """Watch over the children until `stop` is set, then end them all."""
        try:
            while not self.stop.wait(_LOOK_SECONDS):
                for child in self._children:
                    self._look_after(child)
        finally:
            self._end()
            self.keeper.close()

    def _start(self, child: _Child) -> None:
        reader, _ = self._pipe
        child.process = subprocess.Popen(
            child.command,
            env=os.environ | self.keeper.environment() | {_PIPE: str(reader)},
            pass_fds=[reader, self.keeper.descriptor],
            process_group=0,  # not a session: Linux schedules those as rivals (sched(7), autogroup), half a page's cost
            stdin=subprocess.DEVNULL,
        )
        child.started_at = time.monotonic()

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.start_at:
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            return
        # Whatever it had started must not go on beside its successor.
        _signal_group(child.process, signal.SIGKILL)
        child.process = None
        child.short_lives = 0 if now - child.started_at > _LONG_LIFE_SECONDS else child.short_lives + 1
        wait = 0.0 if child.short_lives <= 1 else min(2.0 ** (child.short_lives - 2), _LONGEST_WAIT_SECONDS)
        child.start_at = now + wait
        _log.error("%s ended (%s); starting it again%s", child.name, code, f" in {wait:.0f} s" if wait else "")

    def _end(self) -> None:
        processes = [child.process for child in self._children if child.process is not None]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        for process in processes:
            _signal_group(process, signal.SIGKILL)
            process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def stop_on_signals(stop: threading.Event) -> None:
    """Set `stop` on SIGTERM and on Ctrl+C."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())


def is_child() -> bool:
    """Say whether this process was started by a server's first one; ask before `when_parent_ends`."""
    return bool(os.environ.get(_PIPE))


def when_parent_ends(call: Callable[[], object]) -> None:
    """In a child: run `call` when the process that started us is gone, however it went."""
    handle = os.environ.pop(_PIPE, "")
    if not handle:
        return

    def watch() -> None:
        while os.read(int(handle), 1):  # nobody writes: it returns at the end only
            continue
        call()

    threading.Thread(target=watch, name="parent", daemon=True).start()
