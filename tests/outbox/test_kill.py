"""A worker that is killed while it sends: nothing is lost, and each line repeats one mail at most."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.outbox.sender import LINES
from tests.outbox.sink import ScriptedSink
from tests.running.fixtures import new_database

MAILS = 600
KILLS = 5


def test_kill_9_loses_no_mail_and_repeats_one_a_line_at_most(
    make_sink: Callable[..., ScriptedSink], tmp_path: Path
) -> None:
    sink = make_sink(seconds_a_mail=0.002)
    environment = {
        "PATH": os.environ["PATH"],
        "TOCSIN_DATA": str(tmp_path / "server"),
        "DATABASE_URL": new_database(),
        "TOCSIN_LOG_LEVEL": "ERROR",
    }
    (tmp_path / "server").mkdir()
    command = [sys.executable, "-m", "tests.outbox.sender"]
    subprocess.run([*command, "post", str(MAILS)], env=environment, check=True)
    lot = random.Random(7)
    for kill in range(1, KILLS + 1):
        with subprocess.Popen([*command, "send", str(sink.port)], env=environment) as worker:
            _wait_for(sink, kill * MAILS // (KILLS + 2))
            time.sleep(lot.random() / 20)
            worker.send_signal(signal.SIGKILL)
    with subprocess.Popen([*command, "send", str(sink.port)], env=environment) as worker:
        sink.wait_until(lambda so_far: len(so_far.taken) == MAILS, seconds=60)
        time.sleep(1)  # whatever would come twice comes now
        worker.terminate()
    repeats = sink.taken.total() - MAILS
    assert set(sink.taken) == {f"maya{n}@example{n % 7}.org" for n in range(MAILS)}
    assert repeats <= KILLS * LINES
    assert max(sink.taken.values()) <= 2


def _wait_for(sink: ScriptedSink, mails: int) -> None:
    sink.wait_until(lambda so_far: so_far.taken.total() >= mails)
