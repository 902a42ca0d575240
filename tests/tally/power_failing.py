"""A PostgreSQL that loses its power in the middle of counting and publishing: `test_power.py` runs it.

python -m tests.tally.power_failing HOME BINARIES PORT     (of a cluster that listens already)
"""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from tests.postgres import Cluster
from tests.tally.killing import NOW, finish, look  # sets Django up

from django.core.management import call_command  # isort: skip
from django.db import InterfaceError, OperationalError, connection, connections  # isort: skip

from tests.tally.sequencer import signs
from tocsin import db
from tocsin.tally.domain import advance, publish, queue
from tocsin.tally.log import Step, own_log

GROWTH = 260  # a full tile and a bit
# What one publishing writes; it loses its power just before each: head, checkpoint and numbers move together or not.
WRITTEN = ("tally_head", "tally_checkpoint", "tally_count", "tally_daycount")


def before_writing(table: str, crash: Callable[[], None]) -> AbstractContextManager[None]:
    """Call `crash` when something is about to be written to a table."""

    def execute_or_crash(execute: Callable[..., Any], sql: str, *given: Any) -> Any:
        if sql.startswith((f'UPDATE "{table}"', f'INSERT INTO "{table}"')):
            crash()
        return execute(sql, *given)

    return connection.execute_wrapper(execute_or_crash)


def step(cluster: Cluster, point: str) -> None:
    """Count and publish what waits; the power goes at `point`."""

    def at(passed: str) -> None:
        if passed == point:
            cluster.crash()

    advance(count=lambda _: at("advance"))
    with before_writing(point, cluster.crash):
        publish(log=own_log(), now=NOW, on_step=at)


def main(cluster: Cluster) -> int:
    """Take the power at every point, and print what was going on."""
    call_command("migrate", verbosity=0)
    size = 0
    seen: dict[int, bytes] = {}
    for point in ("advance", *Step, *WRITTEN):
        with db.transaction():
            queue(signs(size, size + GROWTH))
        size += GROWTH
        try:
            step(cluster, point)
        except (OperationalError, InterfaceError):
            sys.stdout.write(f"{point}: away\n")
        else:
            sys.stdout.write(f"{point}: done\n")
        connections.close_all()
        cluster.come_back()
        look(own_log(), seen)
        advance(count=lambda _: None)
        finish(own_log(), size, seen)
    return 0


if __name__ == "__main__":
    home, binaries, port = sys.argv[1:]
    sys.exit(main(Cluster(Path(home), Path(binaries), int(port))))
