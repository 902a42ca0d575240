"""kit.private_memory: a process that crashes leaves nothing of what it held in memory."""

import ctypes
import os
import resource
import signal
from pathlib import Path

import pytest

from tocsin.kit.private_memory import keep_memory_private

_PR_GET_DUMPABLE, _PR_SET_DUMPABLE = 3, 4  # linux/prctl.h


@pytest.mark.parametrize("is_private", [True, False])
def test_a_crash_leaves_no_core_file(tmp_path: Path, is_private: bool) -> None:
    """Without the protection the same crash is allowed a core file: the limit is what it was before."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    folder = tmp_path / "where it crashes"
    folder.mkdir()
    told = folder / "told"
    process = os.fork()
    if process == 0:
        os.chdir(folder)
        resource.setrlimit(resource.RLIMIT_CORE, (most, most))
        # As a program begins: the one that runs the tests may have kept its memory private before.
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)
        if is_private:
            keep_memory_private()
        dumpable = ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0)
        told.write_text(f"{dumpable} {resource.getrlimit(resource.RLIMIT_CORE)[0]}")
        signal.signal(signal.SIGABRT, signal.SIG_DFL)
        os.abort()
    _, status = os.waitpid(process, 0)
    assert os.WTERMSIG(status) == signal.SIGABRT
    assert told.read_text() == ("0 0" if is_private else f"1 {most}")
    if is_private:
        assert not os.WCOREDUMP(status)
        assert [path.name for path in folder.iterdir()] == ["told"]
