"""A PostgreSQL that loses its power in the middle of counting and publishing: `test_power.py` runs it.

python -m tests.tally.power_failing HOME BINARIES PORT     (of a cluster that listens already)
"""

import sys
from pathlib import Path

from tests.postgres import Cluster
from tests.tally.killing import NOW, finish, look  # sets Django up

from django.core.management import call_command  # isort: skip
from django.db import InterfaceError, OperationalError, connections  # isort: skip

from tests.tally.sequencer import signs
from tocsin import db
from tocsin.tally.domain import advance, publish, queue
from tocsin.tally.log import Step, own_log

GROWTH = 260  # a full tile and a bit


def main(cluster: Cluster) -> int:
    """Take the power at every point, and print what was going on."""
    call_command("migrate", verbosity=0)
    size = 0
    seen: dict[int, bytes] = {}
    for point in ("advance", *Step):
        with db.transaction():
            queue(signs(size, size + GROWTH))
        size += GROWTH
        try:
            advance(count=lambda _: cluster.crash() if point == "advance" else None)  # noqa: B023  called at once
            publish(log=own_log(), now=NOW, on_step=lambda step: cluster.crash() if step == point else None)  # noqa: B023  as above
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
